import { expect } from "@std/expect";
import { HeardRecords } from "../../net/match/heard_records.ts";
import { withProof } from "../../net/match/proofs.ts";
import { createVirtualProofs } from "../../net/simulation/virtual_proofs.ts";
import { sha256 } from "../../net/player/sha256.ts";
import { recordOf, type Saying } from "../support/slot_record.ts";

const ASKS = { isReturning: true, members: 0 } as const;

/** What slot 0 of four heard; `take` says of whom, from whom and when. */
function listen() {
  const heard = new HeardRecords(4, createVirtualProofs(0, sha256));
  const take = (of: number, from: number, said: Saying, atMs = 0) =>
    heard.take(recordOf(of, said), from, atMs);
  return { heard, take };
}

Deno.test("a record is its member's word directly or with a proof, and hearsay else", () => {
  const { heard, take } = listen();
  const proved = (by: number, beat: number) =>
    withProof(
      recordOf(2, { beat, ...ASKS }),
      4,
      createVirtualProofs(by, sha256),
    );

  expect([take(1, 1, {}), take(2, 1, { beat: 5 })]).toEqual([
    "word",
    "hearsay",
  ]);
  // Of what each passes on only news counts, and no proof that another made.
  expect([take(2, 1, { beat: 5 }), take(2, 3, { beat: 5 })]).toEqual([
    undefined,
    "hearsay",
  ]);
  expect(heard.take(proved(1, 6), 1, 0)).toBe("hearsay");
  expect(heard.words[2]).toBe(undefined);
  expect(heard.take(proved(2, 7), 1, 0)).toBe("word");
  expect([heard.words[2]?.beat, heard.newest[2]?.beat]).toEqual([7, 7]);
  // What isn't newer than its word is no news, whoever says it.
  expect([take(2, 2, { beat: 7 }), take(2, 3, { beat: 6 })]).toEqual([
    undefined,
    undefined,
  ]);
});

Deno.test("hearsay stands in for a word that is older than 150 ms, of the same process", () => {
  const { heard, take } = listen();
  take(2, 2, { beat: 1 });
  const newestAt = (atMs: number, said: Saying) => {
    take(2, 1, said, atMs);
    return [
      heard.isDirect(2, atMs),
      heard.words[2]?.beat,
      heard.newest[2]?.beat,
    ];
  };

  expect(newestAt(150, { beat: 2 })).toEqual([true, 1, 1]);
  expect(newestAt(151, { beat: 3 })).toEqual([false, 1, 3]);
  expect(newestAt(152, { epoch: 1, beat: 4 })).toEqual([false, 1, 3]);
});

Deno.test("peers are the members that speak, and those have confirmed as much that play", () => {
  const { heard, take } = listen();
  const peers = () => {
    heard.findPeers(0b0111);
    return [heard.peers.map(({ slot }) => slot), heard.confirmedByAll(9)];
  };
  take(1, 1, { confirmed: 7 });
  take(2, 2, { isReturning: true });
  take(3, 3, {});

  expect(peers()).toEqual([[1, 2], 7]);
  take(2, 2, { beat: 1, farewell: "left" });
  expect(peers()).toEqual([[1], 7]);
});

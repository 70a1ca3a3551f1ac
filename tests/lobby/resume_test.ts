// Seats that survive a process, a connection or the lobby, and the lobby as witness: over sockets.
import { expect } from "@std/expect";
import type { ClaimRequest, LobbySeat } from "../../net/lobby/seat.ts";
import {
  join,
  nextOf,
  openLobby,
  RawClient,
  relay,
  startMatch,
  temporaryFolder,
} from "../support/lobby.ts";
import { nextPacket } from "../support/transport_contract.ts";
import { soon } from "../support/waiting.ts";

/** Asks the witness whether slot 0 goes on alone, and waits for its answer. */
async function ask(
  seat: LobbySeat,
  claim: Pick<ClaimRequest, "match" | "seats">,
) {
  seat.claim({ era: 1, value: "alone", ...claim });
  return (await nextOf(seat, "claim")).answer;
}

Deno.test("a seat is taken again: next epoch, same match, the former connections closed", async () => {
  await using lobby = await openLobby();
  await using match = await startMatch(lobby, { name: "Mia" });
  await using other = await relay(lobby, match.tokens[1]);
  await using former = await relay(lobby, match.tokens[0]);

  await using seat = await join(lobby, { resume: match.tokens[0] });

  const { ticket: _, ...welcome } = match.seats[0].welcome;
  expect(seat.welcome).toEqual({ ...welcome, epoch: 1 });
  const { start } = await nextOf(seat, "start");
  const [first] = match.starts;
  const [mia, ben] = first.players;
  expect({ ...start, token: first.token })
    .toEqual({ ...first, players: [{ ...mia, epoch: 1 }, ben] });
  expect((await nextOf(match.seats[0], "refused")).code).toBe("taken_over");
  const { kind } = await soon(former.closed, "The former relay's end");
  expect(kind).toBe("failed");
  await using now = await relay(lobby, start.token);
  now.send(Uint8Array.of(5));
  expect((await nextPacket(other)).from).toEqual({ slot: 0, epoch: 1 });
});

Deno.test("nobody else takes a seat: wrong, forged and old tokens all meet the same words", async () => {
  await using lobby = await openLobby();
  await using match = await startMatch(lobby);
  const [old] = match.tokens;
  await using seat = await join(lobby, { resume: old });
  const { start: { token } } = await nextOf(seat, "start");
  const forged = token.slice(0, -1) + (token.endsWith("A") ? "B" : "A");

  const answers = new Set<string | undefined>();
  for (const wrong of [old, forged, "", "__proto__"]) {
    const join = { type: "join", version: 4, name: "Mia", resume: wrong };
    const back = { type: "return", version: 4, token: wrong };
    for (const first of [join, back, `relay ${wrong}\n`, `watch ${wrong}\n`]) {
      using raw = await RawClient.connect(lobby, first);
      answers.add(await raw.line());
      expect(await raw.line()).toBe(undefined);
    }
  }

  expect([...answers].map((answer) => JSON.parse(answer ?? "").code))
    .toEqual(["bad_token"]);
  const [{ match: id }] = match.starts;
  // The seat is still the right one: only the time for a claim has yet to come.
  expect(await ask(seat, { match: id, seats: [[0, 1]] })).toMatchObject({
    why: "Player 2 played lately.",
  });
});

Deno.test("a match survives the lobby's restart: seats return, nothing is witnessed", async () => {
  await using folder = await temporaryFolder();
  const stateFolder = folder.path;
  const lobby = await openLobby({}, { stateFolder });
  await using match = await startMatch(lobby);
  const [mia, ben] = match.seats;
  const [{ match: id }] = match.starts;

  await lobby[Symbol.asyncDispose]();
  await using next = await openLobby({}, { port: lobby.port, stateFolder });

  for (const seat of [mia, ben]) {
    expect((await nextOf(seat, "link")).trouble).toContain("is gone: ");
    let { trouble } = await nextOf(seat, "link");
    while (trouble !== "") trouble = (await nextOf(seat, "link")).trouble;
  }
  expect(next.counts()).toMatchObject({ connections: 2, matches: 1, rooms: 0 });
  expect(await ask(mia, { match: id, seats: [[0, 0]] }))
    .toMatchObject({ type: "refused", match: id, era: 1 });
  await using back = await join(next, { resume: match.tokens[1] });
  const { ticket: _, ...welcome } = ben.welcome;
  expect(back.welcome).toEqual({ ...welcome, epoch: 1 });
});

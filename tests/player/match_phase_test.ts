/**
 * Where a match stands for its players, as a table of sessions.
 *
 * @module
 */
import { expect } from "@std/expect";
import { timersFor } from "../../net/match/membership/timers.ts";
import type { PlayerState } from "../../net/page/protocol.ts";
import {
  awaySinceMs,
  linkStateOf,
  patienceMsOf,
  phaseOf,
  waitingForOf,
} from "../../net/player/match_phase.ts";
import { OUTCOME, playNow, sessionNow } from "./matches.ts";

const GRACE_MS = 20_000;
const { lostMs, suspectMs } = timersFor(GRACE_MS);
type Changes = Parameters<typeof sessionNow>[0];

/** Waits for so long for some of so many. */
function waits(
  unconfirmedMs: number,
  slots: number[],
  members = 0b11,
): Changes {
  return { unconfirmedMs, play: playNow({ members, missing: () => slots }) };
}

type Stands = readonly [
  phase: string,
  waitingFor: number[],
  patienceMs: number | null,
];

// deno-fmt-ignore
const STANDS: readonly (readonly [string, Changes, Stands])[] = [
  ["waits for hellos",
    { play: undefined, opening: { waitingFor: 0b1010 } }, ["syncing", [1, 3], null]],
  ["runs", {}, ["playing", [], null]],
  ["stalls for a moment", waits(249, [1]), ["playing", [], null]],
  ["waits for one of two", waits(250, [1]), ["paused", [1], GRACE_MS - 250]],
  ["waits for one of three", waits(250, [2], 0b111), ["paused", [2], suspectMs - 250]],
  ["waits for two of four", waits(1000, [0, 2], 0b1111), ["paused", [0, 2], GRACE_MS - 1000]],
  ["has lost its own link",
    { ...waits(1000, [2], 0b111), isLinkUp: false }, ["paused", [2], lostMs - 1000]],
  ["has waited for longer than it would", waits(GRACE_MS + 1, [1]), ["paused", [1], 0]],
  ["is to be taken back",
    { isReturning: true, play: undefined, unconfirmedMs: 2000 }, ["paused", [], lostMs - 2000]],
  ["is over", { ...waits(9999, [1]), outcome: OUTCOME }, ["over", [], null]],
];

for (const [what, changes, stands] of STANDS) {
  Deno.test(`a match that ${what} is ${stands[0]}, and says for whom and how long`, () => {
    const session = sessionNow(changes);

    expect([phaseOf(session), waitingForOf(session), patienceMsOf(session)])
      .toEqual(stands);
  });
}

const BEFORE = { play: undefined, opening: { waitingFor: 0b10 } };
const GONE = { members: 0b01 };
// deno-fmt-ignore
const LINKS: readonly (readonly [string, Changes, slot: number, PlayerState])[] = [
  ["isn't heard before play", BEFORE, 1, "waiting"],
  ["is heard before play", BEFORE, 0, "ready"],
  ["plays", {}, 1, "unstable"],
  ["is no member any more", { play: playNow(GONE) }, 1, "away"],
  ["said goodbye", { play: playNow({ ...GONE, hasLeft: (slot) => slot === 1 }) }, 1, "left"],
  ["plays on without this one", { ...BEFORE, isReturning: true }, 1, "unstable"],
];

for (const [what, changes, slot, state] of LINKS) {
  Deno.test(`a player who ${what} is ${state}`, () => {
    const stateOf = (of: number) => of === 1 ? "unstable" : "ok";
    const liveness = { stateOf, silentMs: () => 0 } as const;
    const session = sessionNow({ liveness, ...changes });

    expect(linkStateOf(session, slot)).toBe(state);
  });
}

Deno.test("who is silent or away is so since it fell silent, also when the session forgets that", () => {
  const silent = (silentMs: number, members = 0b11) => ({
    play: playNow({ members }),
    liveness: {
      stateOf: (slot: number) =>
        slot === 1 ? "ok" as const : "suspect" as const,
      silentMs: () => silentMs,
    },
  });
  const at = (session: Changes, nowMs: number, known: (number | undefined)[]) =>
    awaySinceMs(sessionNow(session), { me: 0, nowMs, players: 4, known });
  const none = Array(4).fill(undefined);

  const first = at(silent(2000, 0b0111), 10_000, []);

  // Neither the own slot, though it hears nobody, nor who is heard.
  expect(first).toEqual([undefined, undefined, 8000, 8000]);
  expect(at(silent(0), 15_000, [...first])).toEqual(first);
  expect(at(silent(9), 16_000, [1, 1, 1, 1]))
    .toEqual([undefined, undefined, 1, 1]);
  expect(at({ play: undefined }, 16_000, [...first])).toEqual(none);
});

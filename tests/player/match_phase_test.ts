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
const MISSING_NOW = 250;

const STANDS: readonly (readonly [
  what: string,
  session: Parameters<typeof sessionNow>[0],
  stands: readonly [
    phase: string,
    waitingFor: readonly number[],
    patienceMs: number | null,
  ],
])[] = [
  [
    "waits for hellos",
    { play: undefined, opening: { waitingFor: 0b1010 } },
    ["syncing", [1, 3], null],
  ],
  ["runs", {}, ["playing", [], null]],
  ["stalls for a moment", {
    play: playNow({ missing: () => [1] }),
    unconfirmedMs: 249,
  }, ["playing", [], null]],
  ["waits for one of two", {
    play: playNow({ missing: () => [1] }),
    unconfirmedMs: MISSING_NOW,
  }, ["paused", [1], GRACE_MS - MISSING_NOW]],
  ["waits for one of three", {
    play: playNow({ members: 0b111, missing: () => [2] }),
    unconfirmedMs: MISSING_NOW,
  }, ["paused", [2], suspectMs - MISSING_NOW]],
  ["waits for two of four", {
    play: playNow({ members: 0b1111, missing: () => [0, 2] }),
    unconfirmedMs: 1000,
  }, ["paused", [0, 2], GRACE_MS - 1000]],
  ["has lost its own link", {
    play: playNow({ members: 0b111, missing: () => [2] }),
    unconfirmedMs: 1000,
    isLinkUp: false,
  }, ["paused", [2], lostMs - 1000]],
  ["has waited for longer than it would", {
    play: playNow({ missing: () => [1] }),
    unconfirmedMs: GRACE_MS + 1,
  }, ["paused", [1], 0]],
  [
    "is to be taken back",
    { isReturning: true, play: undefined, unconfirmedMs: 2000 },
    ["paused", [], lostMs - 2000],
  ],
  ["is over", {
    outcome: OUTCOME,
    play: playNow({ missing: () => [1] }),
    unconfirmedMs: 9999,
  }, ["over", [], null]],
];

for (const [what, changes, stands] of STANDS) {
  Deno.test(`a match that ${what} is ${stands[0]}, and says for whom and how long`, () => {
    const session = sessionNow(changes);

    expect([phaseOf(session), waitingForOf(session), patienceMsOf(session)])
      .toEqual(stands);
  });
}

const LINKS: readonly (readonly [
  what: string,
  session: Parameters<typeof sessionNow>[0],
  slot: number,
  state: PlayerState,
])[] = [
  [
    "isn't heard before play",
    { play: undefined, opening: { waitingFor: 0b10 } },
    1,
    "waiting",
  ],
  [
    "is heard before play",
    { play: undefined, opening: { waitingFor: 0b10 } },
    0,
    "ready",
  ],
  ["plays", {}, 1, "unstable"],
  ["is no member any more", { play: playNow({ members: 0b01 }) }, 1, "away"],
  [
    "said goodbye",
    { play: playNow({ members: 0b01, hasLeft: (slot) => slot === 1 }) },
    1,
    "left",
  ],
  [
    "plays on without this one",
    { play: undefined, isReturning: true, opening: { waitingFor: 0b10 } },
    1,
    "unstable",
  ],
];

for (const [what, changes, slot, state] of LINKS) {
  Deno.test(`a player who ${what} is ${state}`, () => {
    const session = sessionNow({
      liveness: {
        stateOf: (of) => of === 1 ? "unstable" : "ok",
        silentMs: () => 0,
      },
      ...changes,
    });

    expect(linkStateOf(session, slot)).toBe(state);
  });
}

Deno.test("who is silent or away is so since it fell silent, also when the session forgets that", () => {
  const silence = (ms: number) => ({
    stateOf: (slot: number) => slot === 1 ? "ok" as const : "suspect" as const,
    silentMs: () => ms,
  });
  const at = (
    session: ReturnType<typeof sessionNow>,
    nowMs: number,
    known: readonly (number | undefined)[],
  ) => awaySinceMs(session, { me: 0, nowMs, players: 4, known });
  const silent = sessionNow({
    play: playNow({ members: 0b0111 }),
    liveness: silence(2000),
  });
  const dropped = sessionNow({
    play: playNow({ members: 0b0011 }),
    liveness: silence(0),
  });

  const first = at(silent, 10_000, []);

  // Neither the own slot, though it hears nobody, nor who is heard.
  expect(first).toEqual([undefined, undefined, 8000, 8000]);
  expect(at(dropped, 15_000, first)).toEqual(first);
  expect(at(sessionNow({ liveness: silence(9) }), 16_000, [1, 1, 1, 1]))
    .toEqual([undefined, undefined, 1, 1]);
  expect(at(sessionNow({ play: undefined }), 16_000, first)).toEqual(
    [undefined, undefined, undefined, undefined],
  );
});

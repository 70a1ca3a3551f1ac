/**
 * What each event makes of a visit to a lobby, as a table.
 *
 * @module
 */
import { expect } from "@std/expect";
import { NetworkError } from "../../net/link/network_error.ts";
import {
  SEATED,
  visitAfter,
  type VisitEffect,
  type VisitEvent,
  type VisitState,
} from "../../net/player/visit_state.ts";
import { startOf } from "./matches.ts";

const [START, NEXT] = [startOf(2, "m-1"), startOf(2, "m-2")];
const BETWEEN: VisitState = { kind: "seated", hasPlayed: true };
const OPENING: VisitState = { kind: "playing", isOpen: false, next: undefined };
const PLAYING: VisitState = { ...OPENING, isOpen: true };
const PLAYING_ON: VisitState = { ...PLAYING, next: NEXT };
const LEAVING: VisitState = { kind: "leaving" };
const LEFT: VisitState = { kind: "left" };

const message = "The lobby is full.";
const error = new Error("The broker is gone.");
const EVENTS = {
  start: { kind: "start", start: START },
  next: { kind: "start", start: NEXT },
  opened: { kind: "opened" },
  over: { kind: "over" },
  failed: { kind: "failed", error },
  leave: { kind: "leave" },
  left: { kind: "left" },
  refused: { kind: "refused", code: "lobby_full", message },
  takenOver: { kind: "refused", code: "taken_over", message },
} as const satisfies Record<string, VisitEvent>;
const PLAY: VisitEffect = { kind: "play", start: START };
const PLAY_NEXT: VisitEffect = { kind: "play", start: NEXT };
const GOODBYE: VisitEffect = { kind: "goodbye" };
const GIVE_UP: VisitEffect = { kind: "giveUp" };
const WARN: VisitEffect = { kind: "warn", message };
const LOSE: VisitEffect = { kind: "loseConnection", message };
const FAILED: VisitState = { kind: "left", failure: { error } };
const REFUSED: VisitState = {
  kind: "left",
  failure: { error: new NetworkError(message) },
};

/** Of who stays for another match. */
const STEPS: readonly (readonly [
  what: string,
  from: VisitState,
  event: keyof typeof EVENTS,
  to: VisitState,
  ...effects: readonly VisitEffect[],
])[] = [
  ["begins to play", SEATED, "start", OPENING, PLAY],
  ["leaves the room", SEATED, "leave", LEFT],
  ["is out of the room", SEATED, "left", LEFT],
  ["fails as the lobby says", SEATED, "refused", REFUSED],
  ["begins another match", BETWEEN, "next", OPENING, PLAY_NEXT],
  ["keeps its result when refused", BETWEEN, "refused", BETWEEN, WARN],
  ["leaves its result", BETWEEN, "leave", LEFT],
  ["is heard from now on", OPENING, "opened", PLAYING],
  ["leaves before it is heard", OPENING, "leave", LEAVING, GOODBYE, GIVE_UP],
  ["says goodbye", PLAYING, "leave", LEAVING, GOODBYE],
  ["has played", PLAYING, "over", BETWEEN],
  ["fails with its match", PLAYING, "failed", FAILED],
  ["puts the next match off", PLAYING, "next", PLAYING_ON],
  ["plays the next match", PLAYING_ON, "over", OPENING, PLAY_NEXT],
  ["plays on where another lobby refuses", PLAYING, "refused", PLAYING, WARN],
  ["loses its match to another", PLAYING, "takenOver", PLAYING, WARN, LOSE],
  ["has said goodbye", LEAVING, "over", LEFT],
  ["fails while it says goodbye", LEAVING, "failed", FAILED],
  ["says goodbye without the lobby", LEAVING, "refused", LEAVING, WARN],
  ["loses what it leaves", LEAVING, "takenOver", LEAVING, WARN, LOSE],
];

/** What comes too early or too late. */
const STRAY: readonly (readonly [
  state: VisitState,
  ...events: readonly (keyof typeof EVENTS)[],
])[] = [
  [SEATED, "opened", "over", "failed"],
  [PLAYING, "left"],
  [LEAVING, "next", "opened", "leave", "left"],
  [LEFT, "next", "leave", "refused", "over"],
];

for (const [what, from, event, state, ...effects] of STEPS) {
  Deno.test(`a visit that is ${from.kind} ${what}`, () => {
    expect(visitAfter(from, EVENTS[event], true)).toEqual({ state, effects });
  });
}

Deno.test("a visit for one match is left after it, even if another could begin", () => {
  for (const from of [PLAYING, PLAYING_ON]) {
    expect(visitAfter(from, EVENTS.over, false))
      .toEqual({ state: LEFT, effects: [] });
  }
});

Deno.test("what comes too early or too late changes nothing of a visit", () => {
  for (const [state, ...events] of STRAY) {
    for (const event of events) {
      expect(visitAfter(state, EVENTS[event], true))
        .toEqual({ state, effects: [] });
    }
  }
});

/**
 * How a visit to a lobby goes: seated, playing, leaving, and at last left.
 *
 * A visit begins without a match and ends without one: whoever leaves a match first says goodbye to
 * the others and only then leaves the lobby. A match goes on where the lobby is gone, and its result
 * stays on the page. `visitAfter` only decides; whoever drives it does what the effects ask.
 *
 * @module
 */
import { NetworkError } from "../link/network_error.ts";
import type { EndEvent } from "../lobby/lobby_event.ts";
import type { StartMessage } from "../lobby/protocol.ts";

/** Where a visit is. */
export type VisitState =
  /** No match runs: in the room, or between two matches. */
  | { readonly kind: "seated"; readonly hasPlayed: boolean }
  /** `next` begins as soon as the match that runs has sent its last packets. */
  | {
    readonly kind: "playing";
    /** Whether the others can hear a goodbye. */
    readonly isOpen: boolean;
    readonly next: StartMessage | undefined;
  }
  /** The match is told to end. */
  | { readonly kind: "leaving" }
  /** For good; `failure` says why, if nobody wanted that. */
  | { readonly kind: "left"; readonly failure?: { readonly error: unknown } };

/** What happens to a visit. */
export type VisitEvent =
  | { readonly kind: "start"; readonly start: StartMessage }
  /** The match's transport is open. */
  | { readonly kind: "opened" }
  /** The match is over, and has sent its last packets. */
  | { readonly kind: "over" }
  /** The match came to nothing. */
  | { readonly kind: "failed"; readonly error: unknown }
  /** The player wants to leave, or the process has to end. */
  | { readonly kind: "leave" }
  /** The lobby is gone for good. */
  | EndEvent;

/** What is to be done. */
export type VisitEffect =
  | { readonly kind: "play"; readonly start: StartMessage }
  /** Tells the others of the match, which ends soon. */
  | { readonly kind: "goodbye" }
  /** Gives up opening the match's transport. */
  | { readonly kind: "giveUp" }
  /** The seat is another process's now, so this one's match has nobody to play with. */
  | { readonly kind: "loseConnection"; readonly message: string }
  | { readonly kind: "warn"; readonly message: string };

/** A state, and what is to be done on the way to it. */
export interface VisitStep {
  readonly state: VisitState;
  readonly effects: readonly VisitEffect[];
}

/** Where each visit begins. */
export const SEATED: VisitState = { kind: "seated", hasPlayed: false };

/** Decides what an event makes of a visit; `stay` is whether a match may follow another. */
export function visitAfter(
  state: VisitState,
  event: VisitEvent,
  stay: boolean,
): VisitStep {
  switch (state.kind) {
    case "seated":
      return whileSeated(state, event);
    case "playing":
      return whilePlaying(state, event, stay);
    case "leaving":
      return whileLeaving(state, event);
    case "left":
      return stepTo(state);
  }
}

function whileSeated(
  state: Extract<VisitState, { readonly kind: "seated" }>,
  event: VisitEvent,
): VisitStep {
  switch (event.kind) {
    case "start":
      return play(event.start);
    case "leave":
    case "left":
      return stepTo({ kind: "left" });
    case "refused": {
      const { message } = event;
      return state.hasPlayed
        ? stepTo(state, { kind: "warn", message })
        : fail(new NetworkError(message));
    }
    case "opened":
    case "over":
    case "failed":
      return stepTo(state);
  }
}

function whilePlaying(
  state: Extract<VisitState, { readonly kind: "playing" }>,
  event: VisitEvent,
  stay: boolean,
): VisitStep {
  switch (event.kind) {
    case "start":
      return stepTo({ ...state, next: event.start });
    case "opened":
      return stepTo({ ...state, isOpen: true });
    case "over":
      if (!stay) return stepTo({ kind: "left" });
      return state.next
        ? play(state.next)
        : stepTo({ kind: "seated", hasPlayed: true });
    case "failed":
      return fail(event.error);
    case "leave":
      return state.isOpen
        ? stepTo({ kind: "leaving" }, { kind: "goodbye" })
        : stepTo({ kind: "leaving" }, { kind: "goodbye" }, { kind: "giveUp" });
    case "refused":
    case "left":
      return withoutLobby(state, event);
  }
}

function whileLeaving(
  state: Extract<VisitState, { readonly kind: "leaving" }>,
  event: VisitEvent,
): VisitStep {
  switch (event.kind) {
    case "over":
      return stepTo({ kind: "left" });
    case "failed":
      return fail(event.error);
    case "refused":
    case "left":
      return withoutLobby(state, event);
    case "start":
    case "opened":
    case "leave":
      return stepTo(state);
  }
}

/** While a match runs. Another lobby may be in the old one's place, and the match is left alone. */
function withoutLobby(state: VisitState, event: EndEvent): VisitStep {
  if (event.kind === "left") return stepTo(state);
  const { message } = event;
  const warning = { kind: "warn", message } as const;
  return event.kind === "refused" && event.code === "taken_over"
    ? stepTo(state, warning, { kind: "loseConnection", message })
    : stepTo(state, warning);
}

function play(start: StartMessage): VisitStep {
  return stepTo(
    { kind: "playing", isOpen: false, next: undefined },
    { kind: "play", start },
  );
}

function fail(error: unknown): VisitStep {
  return stepTo({ kind: "left", failure: { error } });
}

function stepTo(
  state: VisitState,
  ...effects: readonly VisitEffect[]
): VisitStep {
  return { state, effects };
}

/**
 * What a member has to say to the lobby's witness. It knows seats by the epochs that it gave them,
 * and nothing of the returns that a process makes by itself.
 *
 * @module
 */
import { lastSegment } from "../../game/presence.ts";
import type { Claim, MembershipEvent } from "./membership/membership.ts";
import type { Play } from "./play.ts";
import type { SessionEvent } from "./session_event.ts";
import { slotsOf } from "./wire/slot_set.ts";

/** Returns a claim as the witness takes it. */
export function forWitness(
  { claim }: Extract<MembershipEvent, { kind: "claim" }>,
): SessionEvent {
  return { kind: "claim", claim: { ...claim, seats: seatsOf(claim.seats) } };
}

/** Returns who is in the match in the era that has begun. */
export function eraOf({ era, members, presences }: Play): SessionEvent {
  const seats = slotsOf(members)
    .map((slot) => [slot, lastSegment(presences[slot]).epoch] as const);
  return { kind: "era", era, seats: seatsOf(seats) };
}

function seatsOf(incarnations: Claim["seats"]): Claim["seats"] {
  return incarnations.map(([slot, epoch]) => [slot, epoch >> 4] as const);
}

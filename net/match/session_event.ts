/**
 * What a session tells its driver, and what the driver tells it of the witness.
 *
 * @module
 */
import type { Liveness } from "./membership/liveness.ts";
import type { Claim, MembershipEvent } from "./membership/membership.ts";
import type { Outcome } from "./outcome.ts";

/** What the witness answered to a claim; without `value` and `seats` it can't or won't decide. */
export interface ClaimAnswer {
  readonly era: number;
  readonly isGranted: boolean;
  /** The value that has won this era, and who is in the match by it. */
  readonly value?: string | undefined;
  readonly seats?: Claim["seats"] | undefined;
}

/** What has happened to one member's match. */
export type SessionEvent =
  | { readonly kind: "started"; readonly seed: number }
  /** Out of the match, and asking to be taken back. */
  | { readonly kind: "out" }
  /** Taken back: play goes on from a confirmed state; what was shown after `keptTick` is void. */
  | { readonly kind: "returned"; readonly keptTick: number }
  /** To be put before the witness; comes again until it is answered. */
  | { readonly kind: "claim"; readonly claim: Claim }
  /** Who is in the match from this era on, for the witness; each with its seat's epoch. */
  | ({ readonly kind: "era" } & Pick<Claim, "era" | "seats">)
  | { readonly kind: "membership"; readonly what: MembershipEvent["kind"] }
  | { readonly kind: "peer"; readonly slot: number; readonly state: Liveness }
  | { readonly kind: "over"; readonly outcome: Outcome };

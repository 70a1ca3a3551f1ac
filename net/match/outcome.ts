/**
 * How a match ends, and whether one in play is over for this host.
 *
 * @module
 */
import type { Play } from "./play.ts";

/** Why a match is over. */
export type EndReason =
  | "finished"
  | "walkover" // all others are gone
  | "connection lost"
  | "player left"
  | "not ready"
  | "desync"
  | "refused";

/** How a match ended for this member. */
export interface Outcome {
  readonly reason: EndReason;
  /** The winner's slot; `null` where nobody has won. */
  readonly winner: number | null;
  /** Newest confirmed state and its hash; the end of the game where it is finished. */
  readonly confirmedTick: number;
  readonly hash: number;
  /** For a person; empty where the reason says it all. */
  readonly message: string;
}

/** Where a match in play stands for this host. */
export type Judgement =
  | { readonly kind: "goes on" }
  /** The others went on without this host. */
  | { readonly kind: "out" }
  | {
    readonly kind: "over";
    readonly reason: EndReason;
    readonly message: string;
  };

const GOES_ON: Judgement = { kind: "goes on" };

/** What there is to judge of a match in play. */
type Judged = Pick<
  Play,
  "desync" | "isDesyncTold" | "isOut" | "isAgreedOver" | "isWalkover"
>;

/** Judges a match in which nothing was confirmed for `unconfirmedMs`. */
export function judge(
  play: Judged,
  { unconfirmedMs, lostMs }: {
    readonly unconfirmedMs: number;
    readonly lostMs: number;
  },
): Judgement {
  const { desync } = play;
  if (desync) {
    const { slot, tick } = desync;
    const message = `Player ${slot + 1} has another state at tick ${tick}.`;
    return { kind: "over", reason: "desync", message };
  }
  if (play.isDesyncTold) return over("desync");
  if (play.isOut) return { kind: "out" };
  if (play.isAgreedOver()) return over("finished");
  if (play.isWalkover) return over("walkover");
  return unconfirmedMs > lostMs ? over("connection lost") : GOES_ON;
}

function over(reason: EndReason): Judgement {
  return { kind: "over", reason, message: "" };
}

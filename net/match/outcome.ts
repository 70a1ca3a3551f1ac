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
  /** By slot, where the lobby told it; else it is that of the newest confirmed state. */
  readonly score?: readonly number[] | undefined;
  /** Newest confirmed state and its hash; the end of the game where it is finished. */
  readonly confirmedTick: number;
  readonly hash: number;
  /** For a person; empty where the reason says it all. */
  readonly message: string;
}

/** How the match ended, as the lobby tells it to one that wasn't there then. */
export interface ToldEnd {
  readonly reason: "finished" | "walkover" | "connection lost" | "not ready";
  readonly winner: number | null;
  /** By slot, and the hash of the end; absent where nobody told it. */
  readonly told?: {
    readonly score: readonly number[];
    readonly hash: number;
  } | undefined;
  /** Else it is one player's word. */
  readonly isAgreed: boolean;
  /** For a person. */
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
  if (play.isOut) return { kind: "out" };
  const { desync } = play;
  if (desync) {
    const { slot, tick } = desync;
    const message = `Player ${slot + 1} has another state at tick ${tick}.`;
    return { kind: "over", reason: "desync", message };
  }
  if (play.isDesyncTold) return over("desync");
  if (play.isAgreedOver()) return over("finished");
  if (play.isWalkover) return over("walkover");
  return unconfirmedMs > lostMs ? over("connection lost") : GOES_ON;
}

function over(reason: EndReason): Judgement {
  return { kind: "over", reason, message: "" };
}

/** Whether the end that was told is one that this host has confirmed itself. */
export function isOwnEnd(play: Play | undefined, { told }: ToldEnd): boolean {
  return play?.endTick !== undefined &&
    play.hashAt(play.endTick) === told?.hash;
}

/** Returns how the match ended: as it was told, else as this host has confirmed it. */
export function outcomeOf(
  play: Play | undefined,
  { reason, message, end }: {
    readonly reason: EndReason;
    readonly message: string;
    readonly end: ToldEnd | undefined;
  },
): Outcome {
  const isDecided = reason === "finished" || reason === "walkover";
  const winner = isDecided ? play?.winner() ?? null : null;
  return {
    reason,
    winner: end ? end.winner : winner,
    score: end?.told?.score,
    confirmedTick: play?.confirmedTick ?? 0,
    hash: play?.hashAt(play.confirmedTick) ?? 0,
    message,
  };
}

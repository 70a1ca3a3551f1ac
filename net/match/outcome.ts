/**
 * Whether a match in play is over for this host, and why.
 *
 * @module
 */
import type { EndReason } from "../page/protocol.ts";
import type { Play } from "./play.ts";

export type Verdict =
  | { readonly kind: "goes on" }
  /** The others went on without this host. */
  | { readonly kind: "out" }
  | {
    readonly kind: "over";
    readonly reason: EndReason;
    readonly message: string;
  };

/** Judges a match in which nothing was confirmed for `stalledMs`. */
export function judge(
  play: Play,
  { stalledMs, lostMs }: {
    readonly stalledMs: number;
    readonly lostMs: number;
  },
): Verdict {
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
  return stalledMs > lostMs ? over("connection lost") : { kind: "goes on" };
}

function over(reason: EndReason): Verdict {
  return { kind: "over", reason, message: "" };
}

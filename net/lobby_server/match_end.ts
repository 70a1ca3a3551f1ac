/**
 * How a match ended, as far as the lobby knows: what it tells a player who wasn't there then.
 *
 * The witness's word counts, and what most of those who were in the match by then reported. In a
 * match of two, one player's report is passed on as no more than that.
 *
 * @module
 */
import {
  type OverMessage,
  type ResultMessage,
  SEAT_EPOCH_MAX,
} from "../lobby/protocol.ts";
import { type RunningMatch, textOf } from "./running_matches.ts";

const OUT_OF_REACH =
  "Both players are here, but can't reach each other, so nobody has won.";

/** Returns how it ended; `undefined` while nobody can know. */
export function endOf(
  { match, witness, attendance, results, players }: Pick<
    RunningMatch,
    "match" | "witness" | "attendance" | "results" | "players"
  >,
): OverMessage | undefined {
  const over = { type: "over", match } as const;
  if (witness?.isUndecidable) {
    const reason = "connection lost";
    return { ...over, reason, winner: null, ...agreed(OUT_OF_REACH) };
  }
  const slots = witness?.newest.seats.map(([slot]) => slot) ??
    players.map(({ slot }) => slot);
  const voters = slots
    .filter((slot) => results.has(slot) || !attendance.hasLeft(slot));
  const reports = voters.map((slot) => results.get(slot))
    .filter((report) => report !== undefined);
  for (const report of reports) {
    const alike = reports.filter((other) => textOf(other) === textOf(report));
    if (2 * alike.length <= voters.length) continue;
    return { ...over, ...endIn(report), isAgreed: true };
  }
  const [report] = reports;
  if (report === undefined || players.length > 2) return undefined;
  return { ...over, ...endIn(report), isAgreed: false };

  function endIn(
    { reason, winner, score, hash, lateSlots = [] }: ResultMessage,
  ) {
    const end = { reason, winner };
    if (reason !== "not ready") {
      return { ...end, message: saying(winner), told: { score, hash } };
    }
    // Whoever reports may have named nobody, or a slot that this match hasn't.
    const names = lateSlots.flatMap((slot) => nameOf(slot) ?? []).join(" and ");
    return { ...end, message: `${names || "Somebody"} broke off the start.` };
  }

  function saying(slot: number | null): string {
    const name = slot === null ? undefined : nameOf(slot);
    return name === undefined
      ? "The match ended while you were away."
      : `${name} won while you were away.`;
  }

  function nameOf(slot: number): string | undefined {
    return players.find((player) => player.slot === slot)?.name;
  }
}

/** Says in a sentence why no process can take that seat again; `undefined` when one can. */
export function lossOf(match: RunningMatch, slot: number): string | undefined {
  const { witness, players, epochs } = match;
  const winner = witness?.wentOnWithout(slot);
  if (winner !== undefined) {
    const names = winner.seats.map(([s]) => players[s]?.name ?? "nobody");
    return names.length === 1
      ? `The match was awarded to ${names[0]}.`
      : `The match went on without you, between ${names.join(" and ")}.`;
  }
  const isOver = match.rematch !== undefined || endOf(match)?.isAgreed;
  if (isOver) return "The match is over.";
  return epochs[slot] < SEAT_EPOCH_MAX
    ? undefined
    : `This seat was taken again ${SEAT_EPOCH_MAX} times, which is enough.`;
}

function agreed(message: string) {
  return { isAgreed: true, message };
}

/**
 * One match as the lobby knows it: its seats, what its players report, what it has witnessed.
 *
 * @module
 */
import type {
  ClaimAnswerMessage,
  ClaimMessage,
  ResultMessage,
} from "./lobby_protocol.ts";
import { type Seat, SEAT_EPOCH_MAX, type SeatMember } from "./seat_token.ts";
import { Witness } from "./witness.ts";

/** A control connection, as the lobby numbers them. */
export type ClientId = number;

/** What the players' reports of a match's result say together. */
export type Verdict = "waiting" | "agreed" | "disputed";

/** What all members know of their match. */
export type MatchTerms =
  & Pick<Seat, "match" | "room" | "rules" | "transport">
  & { readonly members: readonly SeatMember[] };

export interface RunningMatch extends Omit<MatchTerms, "members"> {
  /** Absent where the lobby hasn't seen the match from its beginning. */
  readonly witness: Witness | undefined;
  /** By slot. */
  readonly members: SeatMember[];
  /** By slot: the newest epoch that was given or seen. */
  readonly epochs: number[];
  /** By slot: the control connection of the seat's newest process. */
  readonly clients: Map<number, ClientId>;
  /** By slot. */
  readonly results: Map<number, string>;
  /** Control and relay connections of its members. */
  connections: number;
  emptySinceMs: number;
}

/** A match to which nobody is connected yet. */
export function createMatch(
  { match, room, rules, transport, members }: MatchTerms,
  { isWitnessed }: { readonly isWitnessed: boolean },
): RunningMatch {
  return {
    ...{ match, room, rules, transport },
    witness: isWitnessed ? new Witness() : undefined,
    members: [...members],
    epochs: members.map(() => 0),
    clients: new Map(),
    results: new Map(),
    connections: 0,
    emptySinceMs: 0, // Forgotten by the next sweep, unless somebody connects before.
  };
}

/** Lets the witness judge a member's claim. */
export function answerClaim(
  { match, witness, clients }: RunningMatch,
  { era, value, seats }: ClaimMessage,
): ClaimAnswerMessage {
  const claim = { era, value, seats };
  const answer = witness?.claim(claim, (slot) => clients.has(slot));
  switch (answer?.kind) {
    case "granted":
      return { type: "granted", match, ...claim };
    case "lost": {
      const { value, seats } = answer.winner;
      return { type: "refused", match, era, value, seats };
    }
    case "waiting":
    case undefined:
      return { type: "refused", match, era };
  }
}

/** Records what a player says the result is; the first word counts. */
export function takeResult(
  { results, members }: RunningMatch,
  slot: number,
  { winner, score, confirmedTick, hash }: ResultMessage,
): Verdict {
  const report = JSON.stringify([winner, score, confirmedTick, hash]);
  if (!results.has(slot)) results.set(slot, report);
  if (new Set(results.values()).size > 1) return "disputed";
  return results.size < members.length ? "waiting" : "agreed";
}

/** Says why no process can take a seat again, as far as the match knows; `undefined` when one can. */
export function lossOf(match: RunningMatch, slot: number): string | undefined {
  const { witness, results, members, epochs } = match;
  const isOver = results.size === members.length &&
    new Set(results.values()).size === 1;
  if (isOver) return "The match is over.";
  const winner = witness?.wentOnWithout(slot);
  if (winner !== undefined) {
    const names = winner.seats.map(([s]) => members[s]?.name ?? "nobody");
    return names.length === 1
      ? `The match was awarded to ${names[0]}.`
      : `The match went on without you, between ${names.join(" and ")}.`;
  }
  return epochs[slot] < SEAT_EPOCH_MAX
    ? undefined
    : `This seat was taken again ${SEAT_EPOCH_MAX} times, which is enough.`;
}

/**
 * The matches that a lobby knows: of each its seats, what its players report and what was witnessed;
 * of all by name, by room, and for how long.
 *
 * @module
 */
import { startPosition } from "../../game/start_position.ts";
import {
  type ClaimAnswerMessage,
  type ClaimMessage,
  type RematchMessage,
  type ResultMessage,
  SEAT_EPOCH_MAX,
  type StartMessage,
  type WelcomeMessage,
} from "../lobby/protocol.ts";
import type { Seat, SeatMember } from "./seat_token.ts";
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
  /** Grows from match to match; 0 where the lobby hasn't seen the beginning. */
  readonly number: number;
  /** By slot. */
  readonly members: SeatMember[];
  /** By slot: the newest epoch that was given or seen. */
  readonly epochs: number[];
  /** By slot: the control connection of the seat's newest process. */
  readonly clients: Map<number, ClientId>;
  /** By slot. */
  readonly results: Map<number, string>;
  /** Slots of connected members who want to play again; `undefined` until somebody has wanted. */
  wanted: Set<number> | undefined;
  /** The match that its members went on to. */
  rematch: RunningMatch | undefined;
  /** Control and relay connections of its members. */
  connections: number;
  emptySinceMs: number;
}

/** A match to which nobody is connected yet; its `number` is 0 when it has begun long ago. */
export function createMatch(
  { match, room, rules, transport, members }: MatchTerms,
  number: number,
): RunningMatch {
  return {
    ...{ match, room, rules, transport, number },
    witness: number > 0 ? new Witness() : undefined,
    members: [...members],
    epochs: members.map(() => 0),
    clients: new Map(),
    results: new Map(),
    wanted: undefined,
    rematch: undefined,
    connections: 0,
    emptySinceMs: 0, // Forgotten by the next sweep, unless somebody connects before.
  };
}

/** A control or relay connection of a member begins. */
export function connect(match: RunningMatch): void {
  match.connections++;
  match.emptySinceMs = Infinity;
}

export function disconnect(match: RunningMatch, nowMs: number): void {
  if (--match.connections === 0) match.emptySinceMs = nowMs;
}

/** What somebody is told who has a seat of the match again. */
export function welcomeBack(
  { room, rules, members, epochs }: RunningMatch,
  slot: number,
): WelcomeMessage {
  return {
    type: "welcome",
    id: members[slot].id,
    slot,
    start: startPosition(rules, slot),
    room,
    rules,
    epoch: epochs[slot],
  };
}

/** What somebody is told who is to play or to watch; the token is its own. */
export function startOf(
  { match, rules, members, epochs }: RunningMatch,
  { token, transport }: Pick<StartMessage, "token" | "transport">,
): StartMessage {
  return {
    type: "start",
    ...{ match, rules, transport, token },
    players: members.map(({ publicKey, ...member }) => ({
      ...member,
      epoch: epochs[member.slot],
      start: startPosition(rules, member.slot),
      ...(publicKey === undefined ? {} : { publicKey }),
    })),
  };
}

/** Who wants to play again, and who isn't there any more. */
export function rematchOf(
  { members, clients, wanted }: RunningMatch,
): RematchMessage {
  const slots = members.map(({ slot }) => slot);
  return {
    type: "again",
    wanted: slots.filter((slot) => wanted?.has(slot)),
    gone: slots.filter((slot) => !clients.has(slot)),
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
  const isOver = match.rematch !== undefined ||
    (results.size === members.length && new Set(results.values()).size === 1);
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

/** Matches with and without connections; those without are kept until `forget`. */
export class MatchList {
  readonly #matches = new Map<string, RunningMatch>();

  get size(): number {
    return this.#matches.size;
  }

  /** Those in which anybody is connected. */
  get running(): readonly RunningMatch[] {
    return this.#list().filter(({ connections }) => connections > 0);
  }

  /** The running match that began last. */
  get newest(): RunningMatch | undefined {
    return newestOf(this.running);
  }

  /** The running match of a room: the newest, for connections of one that is over may outlast it. */
  inRoom(room: string): RunningMatch | undefined {
    return newestOf(this.running.filter((match) => match.room === room));
  }

  get(name: string): RunningMatch | undefined {
    return this.#matches.get(name);
  }

  add(match: RunningMatch): void {
    this.#matches.set(match.match, match);
  }

  /** Forgets matches without connections: those that had the last one long ago, or are too many. */
  forget(
    nowMs: number,
    { emptyMax, lingerMs }: {
      readonly emptyMax: number;
      readonly lingerMs: number;
    },
  ): void {
    const empty = this.#list()
      .filter(({ connections }) => connections === 0)
      .sort((a, b) => a.emptySinceMs - b.emptySinceMs);
    for (const [index, match] of empty.entries()) {
      const isOld = nowMs - match.emptySinceMs >= lingerMs;
      // Whoever starts matches and leaves them, over and over, only pushes out forgotten ones.
      const isTooMany = index < empty.length - emptyMax;
      if (isOld || isTooMany) this.#matches.delete(match.match);
    }
  }

  #list(): readonly RunningMatch[] {
    return [...this.#matches.values()];
  }
}

function newestOf(matches: readonly RunningMatch[]): RunningMatch | undefined {
  return matches.toSorted((a, b) => a.number - b.number).at(-1);
}

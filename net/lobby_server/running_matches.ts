/**
 * The matches that a lobby knows: the seats, reported results and witness of each, and the list of
 * all, which finds one by its name or room, and forgets it in time.
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
import type { MatchPlayer, Seat } from "./seat.ts";
import { Witness } from "./witness.ts";

/** The number that the lobby gives a control connection. */
export type ClientId = number;

/** What the players' reports of a match's result say together. */
export type Verdict = "waiting" | "agreed" | "disputed";

/** What all players know of their match. */
export type MatchTerms =
  & Pick<Seat, "match" | "room" | "rules" | "transport">
  & { readonly players: readonly MatchPlayer[] };

/** What the lobby remembers of a match. */
export interface RunningMatch extends Omit<MatchTerms, "players"> {
  /** Absent where the lobby hasn't seen the match from its beginning. */
  readonly witness: Witness | undefined;
  /** Counts the matches that this lobby began; 0 where it hasn't seen the beginning. */
  readonly number: number;
  /** By slot. */
  readonly players: MatchPlayer[];
  /** By slot: the newest epoch that was given or seen. */
  readonly epochs: number[];
  /** By slot: the control connection of the seat's newest process. */
  readonly clients: Map<number, ClientId>;
  /** By slot: the reported result, as text to be compared. */
  readonly results: Map<number, string>;
  /** Slots of connected players who want to play again; `undefined` until one wants to. */
  wanted: Set<number> | undefined;
  /** The match that its players went on to. */
  rematch: RunningMatch | undefined;
  /** Control and relay connections of its players. */
  connections: number;
  /** When the last of them ended; `Infinity` while there is one. */
  emptySinceMs: number;
}

/** A match to which nobody is connected yet; `number` is 0 if this lobby didn't see it begin. */
export function createMatch(
  { match, room, rules, transport, players }: MatchTerms,
  number: number,
): RunningMatch {
  return {
    ...{ match, room, rules, transport, number },
    witness: number > 0 ? new Witness() : undefined,
    players: [...players],
    epochs: players.map(() => 0),
    clients: new Map(),
    results: new Map(),
    wanted: undefined,
    rematch: undefined,
    connections: 0,
    emptySinceMs: 0, // Forgotten by the next sweep, unless somebody connects before.
  };
}

/** A control or relay connection of a player begins. */
export function connect(match: RunningMatch): void {
  match.connections++;
  match.emptySinceMs = Infinity;
}

/** One of these connections ended. */
export function disconnect(match: RunningMatch, nowMs: number): void {
  if (--match.connections === 0) match.emptySinceMs = nowMs;
}

/** What a player is told who has its seat in the match again. */
export function welcomeBack(
  { room, rules, players, epochs }: RunningMatch,
  slot: number,
): WelcomeMessage {
  return {
    type: "welcome",
    id: players[slot].id,
    slot,
    start: startPosition(rules, slot),
    room,
    rules,
    epoch: epochs[slot],
  };
}

/** What a player or watcher is told to take part; the token is that receiver's own. */
export function startOf(
  { match, rules, players, epochs }: RunningMatch,
  { token, transport }: Pick<StartMessage, "token" | "transport">,
): StartMessage {
  return {
    type: "start",
    ...{ match, rules, transport, token },
    players: players.map(({ publicKey, ...player }) => ({
      ...player,
      epoch: epochs[player.slot],
      start: startPosition(rules, player.slot),
      ...(publicKey === undefined ? {} : { publicKey }),
    })),
  };
}

/** Who wants to play again, and who has gone. */
export function rematchOf(
  { players, clients, wanted }: RunningMatch,
): RematchMessage {
  const slots = players.map(({ slot }) => slot);
  return {
    type: "again",
    wanted: slots.filter((slot) => wanted?.has(slot)),
    gone: slots.filter((slot) => !clients.has(slot)),
  };
}

/** Lets the witness judge a player's claim. */
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

/** Records what a player says the result is; of several reports its first one counts. */
export function takeResult(
  { results, players }: RunningMatch,
  slot: number,
  { winner, score, confirmedTick, hash }: ResultMessage,
): Verdict {
  const report = JSON.stringify([winner, score, confirmedTick, hash]);
  if (!results.has(slot)) results.set(slot, report);
  if (new Set(results.values()).size > 1) return "disputed";
  return results.size < players.length ? "waiting" : "agreed";
}

/** Says in a sentence why no process can take that seat again; `undefined` when one can. */
export function lossOf(match: RunningMatch, slot: number): string | undefined {
  const { witness, results, players, epochs } = match;
  const isOver = match.rematch !== undefined ||
    (results.size === players.length && new Set(results.values()).size === 1);
  if (isOver) return "The match is over.";
  const winner = witness?.wentOnWithout(slot);
  if (winner !== undefined) {
    const names = winner.seats.map(([s]) => players[s]?.name ?? "nobody");
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

  /** Those with a connected player. */
  get running(): readonly RunningMatch[] {
    return this.#list().filter(({ connections }) => connections > 0);
  }

  /** The running match that began last. */
  get newest(): RunningMatch | undefined {
    return newestOf(this.running);
  }

  /** The newest running match of a room; connections of a former one may still be open. */
  inRoom(room: string): RunningMatch | undefined {
    return newestOf(this.running.filter((match) => match.room === room));
  }

  get(name: string): RunningMatch | undefined {
    return this.#matches.get(name);
  }

  add(match: RunningMatch): void {
    this.#matches.set(match.match, match);
  }

  /** Forgets matches that have been without connections for too long, or are too many. */
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
      // So whoever starts and leaves matches over and over only pushes out empty ones.
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

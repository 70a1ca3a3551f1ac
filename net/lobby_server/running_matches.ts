/**
 * The matches that a lobby knows: the seats, reported results and witness of each, and the list of
 * all, which finds one by its name or room, and forgets it in time.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { startPosition } from "../../game/start_position.ts";
import type {
  ClaimAnswerMessage,
  ClaimMessage,
  CommittedMessage,
  RematchMessage,
  ResultMessage,
  StartMessage,
  WelcomeMessage,
} from "../lobby/protocol.ts";
import { Attendance } from "./attendance.ts";
import type { MatchPlayer, Seat } from "./seat.ts";
import { Witness } from "./witness.ts";

const log = getLogger(["pong", "lobby"]);

/** The number that the lobby gives a control connection. */
export type ClientId = number;

/** What the players' reports of a match's result say together. */
export type Verdict = "waiting" | "agreed" | "disputed";

/** What all players know of their match. */
export type MatchTerms =
  & Pick<Seat, "match" | "room" | "isPublic" | "rules" | "transport">
  & { readonly players: readonly MatchPlayer[] };

/** What the lobby remembers of a match. */
export interface RunningMatch extends Omit<MatchTerms, "players"> {
  /** Absent where the lobby hasn't seen the match from its beginning. */
  readonly witness: Witness | undefined;
  readonly attendance: Attendance;
  /** Counts the matches that this lobby began; 0 where it hasn't seen the beginning. */
  readonly number: number;
  /** By slot. */
  readonly players: MatchPlayer[];
  /** By slot: the newest epoch that was given or seen. */
  readonly epochs: number[];
  /** By slot: the control connection of the seat's newest process. */
  readonly clients: Map<number, ClientId>;
  /** By slot: the reported result. */
  readonly results: Map<number, ResultMessage>;
  /** Slots of connected players who want to play again; `undefined` until one wants to. */
  wanted: Set<number> | undefined;
  /** Somebody told of an era what contradicts what is known of it. */
  isDoubted: boolean;
  /** The match that its players went on to. */
  rematch: RunningMatch | undefined;
  /** Control and relay connections of its players. */
  connections: number;
  /** When the last of them ended; `Infinity` while there is one. */
  emptySinceMs: number;
}

/** A seat in a match. */
export interface MatchSeat {
  readonly match: RunningMatch;
  readonly slot: number;
}

/** A seat of a match and, by its epoch, the process that holds it. */
export type SeatName = Pick<Seat, "match" | "slot" | "epoch">;

/** Names a seat, as its newest process has it. */
export function nameOf({ match, slot }: MatchSeat): SeatName {
  return { match: match.match, slot, epoch: match.epochs[slot] };
}

/** A match to which nobody is connected yet; `number` is 0 if this lobby didn't see it begin. */
export function createMatch(
  { match, room, rules, transport, players, isPublic }: MatchTerms,
  { number, goneMs, nowMs }: {
    readonly number: number;
    readonly goneMs: number;
    readonly nowMs: number;
  },
): RunningMatch {
  const epochs = players.map(() => 0);
  const attendance = new Attendance({ epochs, goneMs, nowMs });
  const { graceMs } = rules;
  return {
    ...{ match, room, rules, transport, number, epochs, attendance, isPublic },
    witness: number > 0
      ? new Witness({ players: players.length, attendance, graceMs, goneMs })
      : undefined,
    players: [...players],
    clients: new Map(),
    results: new Map(),
    wanted: undefined,
    isDoubted: false,
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

/** Records what a player says of an era; a contradiction, which nobody honest makes, is logged. */
export function takeEra(
  match: RunningMatch,
  slot: number,
  { message: { era, seats }, nowMs }: {
    readonly message: CommittedMessage;
    readonly nowMs: number;
  },
): void {
  const isLikely = match.witness?.tell(slot, { era, seats }, nowMs) ?? true;
  if (isLikely || match.isDoubted) return;
  match.isDoubted = true;
  log.warn("Player {slot} of match {match} tells of another era {era}", {
    ...{ match: match.match, slot, era },
  });
}

/** Lets the witness judge a player's claim. */
export function answerClaim(
  { match, witness }: RunningMatch,
  slot: number,
  { message: { era, value, seats }, nowMs }: {
    readonly message: ClaimMessage;
    readonly nowMs: number;
  },
): ClaimAnswerMessage {
  const refused = { type: "refused", match, era } as const;
  const ruling = witness?.claim(slot, { era, value, seats }, nowMs);
  switch (ruling?.kind) {
    case "granted":
      return { type: "granted", match, era, value, seats };
    case "lost": {
      const { value, seats } = ruling.winner;
      // Who is left alone tells who has won: it may even have seen the other win.
      return seats.length === 1
        ? { ...refused, why: "The match was awarded to one player." }
        : { ...refused, value, seats };
    }
    case "refused":
      return { ...refused, why: ruling.why };
    case "nobody wins":
      return { ...refused, why: "Nobody can win any more." };
    case undefined:
      return { ...refused, why: "This match began before the lobby did." };
  }
}

/** Records what a player says the result is; of several reports its first one counts. */
export function takeResult(
  { match, results, players }: RunningMatch,
  slot: number,
  report: ResultMessage,
): Verdict {
  const { lateSlots } = report;
  if (lateSlots && !results.has(slot)) {
    const [who, ...names] = [slot, ...lateSlots].map((s) => players[s]?.name);
    log.warn("{names} broke off the start of match {match}, says {who}", {
      ...{ names: names.join(" and "), match, who },
    });
  }
  if (!results.has(slot)) results.set(slot, report);
  if (new Set([...results.values()].map(textOf)).size > 1) return "disputed";
  return results.size < players.length ? "waiting" : "agreed";
}

/** What a report says, as text to be compared. */
export function textOf(report: ResultMessage): string {
  const { winner, score, confirmedTick, hash, lateSlots } = report;
  return JSON.stringify([winner, score, confirmedTick, hash, lateSlots]);
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

  /** The running match among strangers that began last. */
  get newestPublic(): RunningMatch | undefined {
    return newestOf(this.running.filter(({ isPublic }) => isPublic));
  }

  /** The newest running match of a room; connections of a former one may still be open. */
  inRoom(room: string): RunningMatch | undefined {
    return newestOf(this.running.filter((match) => match.room === room));
  }

  /** The seat of a player in the newest running match in which it has one. */
  of(id: string): MatchSeat | undefined {
    const slotIn = ({ players }: RunningMatch) =>
      players.findIndex((player) => player.id === id);
    const match = newestOf(this.running.filter((each) => slotIn(each) >= 0));
    return match && { match, slot: slotIn(match) };
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

/**
 * The lobby's book-keeping of running matches: who holds which seat, and who may come back.
 *
 * Without I/O, as `rooms.ts`, which begins the matches. A match is remembered while anybody is
 * connected, over control or relay, and a little longer. A token tells all that is needed to go on
 * with a match that is not, or no longer, remembered; but such a match has no witness.
 *
 * Each seat has one process. A newer one, with a higher epoch, ends what the older one had; tokens
 * of older epochs are refused, in the same words as forged ones.
 *
 * @module
 */
import {
  type ClaimMessage,
  errorMessage,
  type LobbyMessage,
  type ResultMessage,
  type StartTransport,
} from "./lobby_protocol.ts";
import {
  answerClaim,
  type ClientId,
  createMatch,
  lossOf,
  type MatchTerms,
  type RunningMatch,
  takeResult,
  type Verdict,
} from "./running_match.ts";
import { openSeat, sealSeat, type Seat } from "./seat_token.ts";
import { startPosition } from "./start_position.ts";

/** One message to deliver; its receiver is closed after the last. */
export interface Delivery {
  readonly to: ClientId;
  readonly message: LobbyMessage;
  readonly isLast?: true;
}

/** Which process of which match. */
export type SeatName = Pick<Seat, "match" | "slot" | "epoch">;

export interface MatchesOptions {
  /** Seals the tokens. */
  readonly key: Uint8Array;
  readonly transport: StartTransport;
  /** Matches without any connection that are remembered at most. */
  readonly emptyMax: number;
  /** How long a match is remembered when nobody is connected any more. */
  readonly lingerMs: number;
}

/** Where a control connection sits. */
interface Place {
  readonly match: RunningMatch;
  readonly slot: number;
}

/** The same words whatever is wrong with a token: nobody can find out by trying. */
export const BAD_TOKEN = errorMessage(
  "bad_token",
  "This seat can't be taken: it isn't of this lobby, or another process has taken it since. " +
    "Join again.",
);
const TAKEN_OVER = errorMessage(
  "taken_over",
  "This seat was taken over by a newer connection of the same player.",
);
const NOT_PLAYING = errorMessage(
  "not_playing",
  "Only a player of a running match can do that, and only for that match.",
);

export class Matches {
  readonly #options: MatchesOptions;
  readonly #matches = new Map<string, RunningMatch>();
  readonly #places = new Map<ClientId, Place>();

  constructor(options: MatchesOptions) {
    this.#options = options;
  }

  /** Matches that are remembered, and control connections that sit in them. */
  get counts(): { matches: number; clients: number } {
    return { matches: this.#matches.size, clients: this.#places.size };
  }

  /** Matches in which anybody is connected. */
  get running(): number {
    return this.#list().filter(({ connections }) => connections > 0).length;
  }

  /** Whether a match of that room is running. */
  isPlaying(room: string): boolean {
    return this.#list().some((match) =>
      match.room === room && match.connections > 0
    );
  }

  isSeated(client: ClientId): boolean {
    return this.#places.has(client);
  }

  /** The seat that a client holds. */
  seatOf(client: ClientId): SeatName | undefined {
    const place = this.#places.get(client);
    return place && nameOf(place);
  }

  /** Begins a match; `clients` are its members' by slot, and each is told so. */
  begin(
    /** Its name was never used before by any lobby with the same key. */
    terms: Omit<MatchTerms, "transport">,
    clients: readonly ClientId[],
  ): readonly Delivery[] {
    const transport = this.#options.transport.kind;
    const match = createMatch({ ...terms, transport }, { isWitnessed: true });
    this.#matches.set(match.match, match);
    for (const [slot, client] of clients.entries()) {
      this.#sit(client, { match, slot });
    }
    return clients.map((to, slot) => ({
      to,
      message: this.#start({ match, slot }),
    }));
  }

  /** Gives a seat to a new process, in its next epoch; or says why not. */
  resume(
    client: ClientId,
    { token, publicKey, nowMs }: {
      readonly token: string;
      /** Instead of the one that the seat had. */
      readonly publicKey?: string | undefined;
      readonly nowMs: number;
    },
  ): readonly Delivery[] {
    const place = this.#placeOf(token);
    if (place === undefined) return refuse(client, BAD_TOKEN);
    const { match, slot } = place;
    const loss = this.#lossOf(place);
    if (loss !== undefined) {
      return refuse(client, errorMessage("seat_lost", loss));
    }
    const epoch = ++match.epochs[slot];
    const member = match.members[slot];
    match.members[slot] = {
      ...member,
      publicKey: publicKey ?? member.publicKey,
    };
    match.witness?.takenAgain(slot, epoch);
    return [
      ...this.#replace(client, place, nowMs),
      { to: client, message: this.#start(place) },
    ];
  }

  /** Gives a seat back to its process, whose connection broke. */
  return(
    client: ClientId,
    { token, nowMs }: { readonly token: string; readonly nowMs: number },
  ): readonly Delivery[] {
    const place = this.#placeOf(token);
    return place === undefined
      ? refuse(client, BAD_TOKEN)
      : this.#replace(client, place, nowMs);
  }

  /** Asks the witness. */
  claim(client: ClientId, message: ClaimMessage): readonly Delivery[] {
    const place = this.#places.get(client);
    if (place === undefined || place.match.match !== message.match) {
      return [{ to: client, message: NOT_PLAYING }];
    }
    return [{ to: client, message: answerClaim(place.match, message) }];
  }

  /** Records what a player says the result is; it counts when all of the match say the same. */
  result(client: ClientId, message: ResultMessage): Verdict | "not_playing" {
    const place = this.#places.get(client);
    return place === undefined
      ? "not_playing"
      : takeResult(place.match, place.slot, message);
  }

  /** The client left or its connection died. */
  leave(client: ClientId, nowMs: number): void {
    const place = this.#places.get(client);
    if (place === undefined) return;
    this.#places.delete(client);
    place.match.clients.delete(place.slot);
    disconnect(place.match, nowMs);
  }

  /**
   * A relay connection showed a token; gives the seat that it is for, `undefined` when it is to be
   * refused. Each seat given needs its `relayClosed`.
   */
  relayOpened(token: string): SeatName | undefined {
    const place = this.#placeOf(token);
    if (place === undefined) return undefined;
    connect(place.match);
    return nameOf(place);
  }

  relayClosed(seat: SeatName, nowMs: number): void {
    const match = this.#matches.get(seat.match);
    if (match !== undefined) disconnect(match, nowMs);
  }

  /** Forgets matches to which nobody came back; to be called now and then. */
  sweep(nowMs: number): void {
    const { lingerMs, emptyMax } = this.#options;
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

  /** Finds the place of a token of the newest epoch, or a newer one, remembering its match again. */
  #placeOf(token: string): Place | undefined {
    const seat = openSeat(this.#options.key, token);
    if (seat === undefined) return undefined;
    const { slot, epoch } = seat;
    const match = this.#matches.get(seat.match) ??
      createMatch(seat, { isWitnessed: false });
    this.#matches.set(match.match, match);
    if (epoch < match.epochs[slot]) return undefined;
    if (epoch > match.epochs[slot]) {
      match.epochs[slot] = epoch;
      match.members[slot] = seat.members[slot];
    }
    return { match, slot };
  }

  #lossOf({ match, slot }: Place): string | undefined {
    const isUnreachable = match.transport === "amqp" &&
      this.#options.transport.kind !== "amqp";
    return isUnreachable
      ? "The match was played over a broker that this lobby doesn't have."
      : lossOf(match, slot);
  }

  /** Puts a client in the place of whoever was there, and welcomes it. */
  #replace(
    client: ClientId,
    place: Place,
    nowMs: number,
  ): readonly Delivery[] {
    const { match, slot } = place;
    const former = match.clients.get(slot);
    if (former !== undefined) this.leave(former, nowMs);
    this.#sit(client, place);
    const { id } = match.members[slot];
    return [
      ...(former === undefined ? [] : refuse(former, TAKEN_OVER)),
      {
        to: client,
        message: {
          type: "welcome",
          id,
          slot,
          start: startPosition(match.rules, slot),
          room: match.room,
          rules: match.rules,
          epoch: match.epochs[slot],
        },
      },
    ];
  }

  #sit(client: ClientId, place: Place): void {
    place.match.clients.set(place.slot, client);
    this.#places.set(client, place);
    connect(place.match);
  }

  #start({ match, slot }: Place): LobbyMessage {
    const { key, transport } = this.#options;
    const { members, epochs, rules } = match;
    const seat: Seat = { ...match, slot, epoch: epochs[slot] };
    return {
      type: "start",
      match: match.match,
      rules,
      transport: match.transport === "relay" ? { kind: "relay" } : transport,
      token: sealSeat(key, seat),
      players: members.map(({ publicKey, ...member }) => ({
        ...member,
        epoch: epochs[member.slot],
        start: startPosition(rules, member.slot),
        ...(publicKey === undefined ? {} : { publicKey }),
      })),
    };
  }
}

function nameOf({ match, slot }: Place): SeatName {
  return { match: match.match, slot, epoch: match.epochs[slot] };
}

function refuse(client: ClientId, message: LobbyMessage): readonly Delivery[] {
  return [{ to: client, message, isLast: true }];
}

function connect(match: RunningMatch): void {
  match.connections++;
  match.emptySinceMs = Infinity;
}

function disconnect(match: RunningMatch, nowMs: number): void {
  if (--match.connections === 0) match.emptySinceMs = nowMs;
}

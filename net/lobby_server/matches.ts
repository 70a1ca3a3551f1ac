/**
 * The lobby's book-keeping of running matches: who holds which seat, and who may come back.
 *
 * Without I/O, as `rooms.ts`, which begins the matches. A match is remembered while a player has a
 * control or relay connection, and a little longer. A seat's token holds all that is needed to go
 * on with a match that the lobby has forgotten or, restarted, never knew; only the witness is lost.
 *
 * One process at a time holds a seat. A newer one, with a higher epoch, ends what the older one
 * had; tokens of older epochs are refused, in the same words as forged ones.
 *
 * When all players are still there and want to, their next match begins in the same room. Those who
 * watch a room are told of its matches, but keep none alive.
 *
 * @module
 */
import {
  type AgainMessage,
  type ClaimMessage,
  type CommittedMessage,
  errorMessage,
  type ResultMessage,
  type RoomRules,
} from "../lobby/protocol.ts";
import { Announcer, type AnnouncerOptions } from "./announcer.ts";
import {
  BAD_TOKEN,
  type Chance,
  type Delivery,
  NOT_PLAYING,
  refuse,
  TAKEN_OVER,
} from "./books_port.ts";
import { lossOf } from "./match_end.ts";
import {
  answerClaim,
  type ClientId,
  connect,
  createMatch,
  disconnect,
  MatchList,
  type MatchSeat,
  type MatchTerms,
  nameOf,
  type RunningMatch,
  type SeatName,
  takeEra,
  takeResult,
  type Verdict,
  welcomeBack,
} from "./running_matches.ts";

/** A match that is to begin. */
export type NewMatch = Omit<MatchTerms, "match" | "transport">;

/** What the matches need from outside, and how many are remembered for how long. */
export interface MatchesOptions extends AnnouncerOptions {
  readonly chance: Chance;
  /** How many matches without any connection are remembered at most. */
  readonly emptyMax: number;
  /** How long a match is remembered when nobody is connected any more. */
  readonly lingerMs: number;
  /** After how long without a sign of life a player is gone, whatever its connection looks like. */
  readonly goneMs: number;
}

/** The running matches, and the control connections that have seats in them. */
export class Matches {
  readonly #options: MatchesOptions;
  /** Random part of every match's name, so that a restarted lobby doesn't use a name again. */
  readonly #boot: string;
  #begun = 0;
  readonly #announcer: Announcer;
  readonly #matches = new MatchList();
  readonly #places = new Map<ClientId, MatchSeat>();

  constructor(options: MatchesOptions) {
    this.#options = options;
    this.#announcer = new Announcer(options);
    this.#boot = options.chance.below(2 ** 32).toString(16).padStart(8, "0");
  }

  /** Matches that are remembered, and control connections that have seats in them. */
  get counts(): { matches: number; clients: number } {
    return { matches: this.#matches.size, clients: this.#places.size };
  }

  /** How many matches have a connected player. */
  get running(): number {
    return this.#matches.running.length;
  }

  /** The room of the running match among strangers that began last. */
  get newestPublicRoom(): string | undefined {
    return this.#matches.newestPublic?.room;
  }

  /** Whether a match of that room is running. */
  isPlaying(room: string): boolean {
    return this.#matches.inRoom(room) !== undefined;
  }

  /** The rules of the match that runs in a room; `undefined` where none does. */
  rulesOf(room: string): RoomRules | undefined {
    return this.#matches.inRoom(room)?.rules;
  }

  /** Whether a client has a seat in a match. */
  isSeated(client: ClientId): boolean {
    return this.#places.has(client);
  }

  /** The seat that a client holds. */
  seatOf(client: ClientId): SeatName | undefined {
    const place = this.#places.get(client);
    return place && nameOf(place);
  }

  /** Begins a match and tells everybody; `clients` are the control connections by slot. */
  begin(
    terms: NewMatch,
    clients: readonly ClientId[],
    nowMs: number,
  ): readonly Delivery[] {
    return this.#announcer.begin(this.#create(terms, clients, nowMs));
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
    match.epochs[slot]++;
    const former = match.players[slot];
    const newest = publicKey ?? former.publicKey;
    match.players[slot] = { ...former, publicKey: newest };
    match.attendance.takenAgain(slot, nowMs);
    return this.#bring(client, place, nowMs);
  }

  /**
   * Gives a seat back to its process, whose connection broke, and tells it what it missed: that the
   * match went on without it or is over, or that the next one has begun.
   */
  return(
    client: ClientId,
    { token, nowMs }: { readonly token: string; readonly nowMs: number },
  ): readonly Delivery[] {
    const place = this.#placeOf(token);
    if (place === undefined) return refuse(client, BAD_TOKEN);
    const { match, slot } = place;
    if (match.rematch !== undefined) {
      return this.#follow(client, { match: match.rematch, slot }, nowMs);
    }
    const winner = match.witness?.wentOnWithout(slot);
    const { match: name } = match;
    return [
      ...this.#replace(client, place, nowMs),
      ...this.#announcer.end(match, [slot]),
      ...winner === undefined || winner.seats.length === 1 ? [] : [{
        to: client,
        message: { type: "refused", match: name, ...winner } as const,
      }],
      ...this.#announcer.news(match, client),
    ];
  }

  /**
   * Seats a player in the match that began in its room while it was away; `undefined` where it
   * plays in none.
   */
  bringBack(
    client: ClientId,
    id: string,
    nowMs: number,
  ): readonly Delivery[] | undefined {
    const place = this.#matches.of(id);
    return place && this.#follow(client, place, nowMs);
  }

  /** A client said something; `tick` is the newest that it has confirmed, if it tells. */
  hear(client: ClientId, nowMs: number, tick?: number): void {
    const place = this.#places.get(client);
    place?.match.attendance.hear(place.slot, nowMs, tick);
  }

  /** A client said goodbye, which its connection's end alone doesn't. */
  hearGoodbye(client: ClientId): void {
    const place = this.#places.get(client);
    place?.match.attendance.leave(place.slot);
  }

  /** A player tells who is in the match from an era on. */
  committed(
    client: ClientId,
    message: CommittedMessage,
    nowMs: number,
  ): void {
    const place = this.#placeIn(client, message);
    if (place) takeEra(place.match, place.slot, { message, nowMs });
  }

  /** Lets the witness answer a player's claim; tells all if the match ends by it. */
  claim(
    client: ClientId,
    message: ClaimMessage,
    nowMs: number,
  ): readonly Delivery[] {
    const place = this.#placeIn(client, message);
    if (place === undefined) return [{ to: client, message: NOT_PLAYING }];
    const { match, slot } = place;
    const answer = answerClaim(match, slot, { message, nowMs });
    const isOverForAll = match.witness?.isUndecidable ?? false;
    const told = isOverForAll ? [...match.clients.keys()] : [slot];
    // How it ended comes first: the answer alone only says that one is out.
    return [
      ...answer.type === "refused" ? this.#announcer.end(match, told) : [],
      { to: client, message: answer },
    ];
  }

  /** Records what a player says the result is; it counts when all players say the same. */
  result(client: ClientId, message: ResultMessage): Verdict | "not_playing" {
    const place = this.#placeIn(client, message);
    return place === undefined
      ? "not_playing"
      : takeResult(place.match, place.slot, message);
  }

  /** Tells the others in a client's match how it ended, if anybody knows by now. */
  tellEnd(client: ClientId): readonly Delivery[] {
    const place = this.#places.get(client);
    if (place === undefined) return [];
    return this.#announcer.end(place.match, [...place.match.clients.keys()]);
  }

  /** A player wants to play again; when all do, their next match begins. */
  again(
    client: ClientId,
    message: AgainMessage,
    nowMs: number,
  ): readonly Delivery[] {
    const place = this.#places.get(client);
    if (place === undefined) return [{ to: client, message: NOT_PLAYING }];
    const { match, slot } = place;
    // Said twice, or while the next match was beginning.
    if (match.match !== message.match || match.wanted?.has(slot)) return [];
    match.wanted ??= new Set();
    match.wanted.add(slot);
    return match.wanted.size < match.players.length
      ? this.#announcer.rematch(match)
      : this.#playAgain(match, nowMs);
  }

  /** The client left or its connection died. */
  leave(client: ClientId, nowMs: number): readonly Delivery[] {
    const match = this.#places.get(client)?.match;
    this.#unseat(client, nowMs);
    return match === undefined ? [] : this.#announcer.rematch(match);
  }

  /** Shows the running match of a room to somebody who watches it now. */
  show(room: string, client: ClientId): readonly Delivery[] {
    const match = this.#matches.inRoom(room);
    return match === undefined ? [] : [
      this.#announcer.show(match, client),
      ...this.#announcer.watchers(match),
    ];
  }

  /** Tells all in the running match of a room how many watch. */
  tellWatchers(room: string): readonly Delivery[] {
    const match = this.#matches.inRoom(room);
    return match === undefined ? [] : this.#announcer.watchers(match);
  }

  /**
   * A relay connection showed a token: returns its seat, `undefined` to refuse it. For each seat
   * that is returned, `relayClosed` has to be called once.
   */
  relayOpened(token: string): SeatName | undefined {
    const place = this.#placeOf(token);
    if (place === undefined) return undefined;
    connect(place.match);
    return nameOf(place);
  }

  /** The relay connection of a seat is over. */
  relayClosed(seat: SeatName, nowMs: number): void {
    const match = this.#matches.get(seat.match);
    if (match !== undefined) disconnect(match, nowMs);
  }

  /** Forgets matches to which nobody came back; to be called now and then. */
  sweep(nowMs: number): void {
    this.#matches.forget(nowMs, this.#options);
  }

  /**
   * Finds the seat of a token, remembering its match again if it was forgotten; `undefined` when
   * the token is forged or of an older epoch. One of a newer epoch was given before a restart.
   */
  #placeOf(token: string): MatchSeat | undefined {
    const seat = this.#options.tokens.open(token);
    if (seat === undefined) return undefined;
    const { slot, epoch } = seat;
    const match = this.#matches.get(seat.match) ??
      createMatch(seat, {
        ...{ number: 0, goneMs: this.#options.goneMs, nowMs: 0 },
      });
    this.#matches.add(match);
    if (epoch < match.epochs[slot]) return undefined;
    if (epoch > match.epochs[slot]) {
      match.epochs[slot] = epoch;
      match.players[slot] = seat.players[slot];
    }
    return { match, slot };
  }

  #lossOf({ match, slot }: MatchSeat): string | undefined {
    const isUnreachable = match.transport === "amqp" &&
      this.#options.transport.kind !== "amqp";
    return isUnreachable
      ? "The match was played over a broker that this lobby doesn't have."
      : lossOf(match, slot);
  }

  /** The seat of a client in the match that a message is about. */
  #placeIn(
    client: ClientId,
    { match }: { readonly match: string },
  ): MatchSeat | undefined {
    const place = this.#places.get(client);
    return place?.match.match === match ? place : undefined;
  }

  /** Puts a client in the place of whoever was there, and welcomes it. */
  #replace(
    client: ClientId,
    place: MatchSeat,
    nowMs: number,
  ): readonly Delivery[] {
    const { match, slot } = place;
    const former = match.clients.get(slot);
    if (former !== undefined) this.#unseat(former, nowMs);
    this.#sit(client, place);
    return [
      ...(former === undefined ? [] : refuse(former, TAKEN_OVER)),
      { to: client, message: welcomeBack(match, slot) },
    ];
  }

  /** Seats somebody in the match that has begun while it was away. */
  #follow(
    client: ClientId,
    place: MatchSeat,
    nowMs: number,
  ): readonly Delivery[] {
    const { match, slot } = place;
    // A newer process has taken the seat in that match already.
    if (match.epochs[slot] > 0) return refuse(client, BAD_TOKEN);
    this.#matches.add(match);
    return this.#bring(client, place, nowMs);
  }

  /** Seats a process that doesn't know its match yet, and tells it all, even how that ended. */
  #bring(
    client: ClientId,
    place: MatchSeat,
    nowMs: number,
  ): readonly Delivery[] {
    return [
      ...this.#replace(client, place, nowMs),
      this.#announcer.start(place.match, place.slot),
      ...this.#announcer.end(place.match, [place.slot]),
      ...this.#announcer.news(place.match, client),
    ];
  }

  #sit(client: ClientId, place: MatchSeat): void {
    place.match.clients.set(place.slot, client);
    this.#places.set(client, place);
    connect(place.match);
  }

  #unseat(client: ClientId, nowMs: number): void {
    const place = this.#places.get(client);
    if (place === undefined) return;
    const { match, slot } = place;
    this.#places.delete(client);
    match.clients.delete(slot);
    match.wanted?.delete(slot);
    disconnect(match, nowMs);
  }

  #create(
    terms: NewMatch,
    clients: readonly ClientId[],
    nowMs: number,
  ): RunningMatch {
    const number = ++this.#begun;
    const match = createMatch({
      ...terms,
      match: `${this.#boot}-${number}`,
      transport: this.#options.transport.kind,
    }, { number, goneMs: this.#options.goneMs, nowMs });
    this.#matches.add(match);
    for (const [slot, client] of clients.entries()) {
      this.#sit(client, { match, slot });
    }
    return match;
  }

  /** Begins the next match of the same players, all of whom are connected. */
  #playAgain(match: RunningMatch, nowMs: number): readonly Delivery[] {
    const clients = [...match.clients.entries()]
      .sort(([a], [b]) => a - b)
      .map(([, client]) => client);
    for (const client of clients) this.#unseat(client, nowMs);
    match.rematch = this.#create(match, clients, nowMs);
    return this.#announcer.begin(match.rematch);
  }
}

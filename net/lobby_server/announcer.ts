/**
 * Makes the messages for the players of a running match and for those who watch it, each with the
 * receiver's own token where one is needed.
 *
 * @module
 */
import type { LobbyMessage, StartTransport } from "../lobby/protocol.ts";
import type { Delivery } from "./books_port.ts";
import { endOf } from "./match_end.ts";
import {
  type ClientId,
  rematchOf,
  type RunningMatch,
  startOf,
} from "./running_matches.ts";
import type { SeatTokens } from "./seat.ts";
import type { Watchers } from "./watchers.ts";

/** What all announcements of a lobby have in common. */
export interface AnnouncerOptions {
  readonly tokens: SeatTokens;
  readonly transport: StartTransport;
  readonly watchers: Watchers;
}

/** Makes the messages; who gets them follows from the match and its room. */
export class Announcer {
  readonly #options: AnnouncerOptions;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  /** Tells everybody that their match begins. */
  begin(match: RunningMatch): readonly Delivery[] {
    const watchers = this.#options.watchers.of(match.room);
    return [
      ...[...match.clients.keys()].map((slot) => this.start(match, slot)),
      ...watchers.map((client) => this.show(match, client)),
      ...watchers.length > 0 ? this.watchers(match) : [],
    ];
  }

  /** Tells the client of a slot all that it needs to play; throws a RangeError if there is none. */
  start(match: RunningMatch, slot: number): Delivery {
    const { tokens } = this.#options;
    const { clients, epochs } = match;
    const to = clients.get(slot);
    if (to === undefined) throw new RangeError(`Nobody is on slot ${slot}`);
    const token = tokens.seal({ ...match, slot, epoch: epochs[slot] });
    const transport = this.#transportOf(match);
    return { to, message: startOf(match, { token, transport }) };
  }

  /** Tells a watcher all that it needs to listen. */
  show(match: RunningMatch, watcher: ClientId): Delivery {
    const token = this.#options.watchers.issue(watcher, match.match);
    const transport = this.#transportOf(match);
    return { to: watcher, message: startOf(match, { token, transport }) };
  }

  /** Tells everybody how many watch. */
  watchers(match: RunningMatch): readonly Delivery[] {
    const count = this.#options.watchers.of(match.room).length;
    return this.#tellAll(match, { type: "watchers", count });
  }

  /** Tells all which players want a rematch; nothing before anybody has wanted one. */
  rematch(match: RunningMatch): readonly Delivery[] {
    return match.wanted === undefined
      ? []
      : this.#tellAll(match, rematchOf(match));
  }

  /** Tells those of these slots how the match ended who haven't reported it themselves. */
  end(match: RunningMatch, slots: readonly number[]): readonly Delivery[] {
    const message = endOf(match);
    if (message === undefined) return [];
    return slots.filter((slot) => !match.results.has(slot)).flatMap((slot) => {
      const to = match.clients.get(slot);
      return to === undefined ? [] : [{ to, message }];
    });
  }

  /** After a return: tells that client how many watch, and all which players want a rematch. */
  news(match: RunningMatch, client: ClientId): readonly Delivery[] {
    const isWatched = this.#options.watchers.of(match.room).length > 0;
    return [
      ...isWatched
        ? this.watchers(match).filter(({ to }) => to === client)
        : [],
      ...this.rematch(match),
    ];
  }

  #tellAll(
    { clients, room }: RunningMatch,
    message: LobbyMessage,
  ): readonly Delivery[] {
    return [...clients.values(), ...this.#options.watchers.of(room)]
      .map((to) => ({ to, message }));
  }

  #transportOf({ transport }: RunningMatch): StartTransport {
    return transport === "relay" ? { kind: "relay" } : this.#options.transport;
  }
}

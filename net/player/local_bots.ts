/**
 * Bots that this process brings along to a room, each as a player of its own.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { SLOTS_MAX } from "../../game/court.ts";

const log = getLogger(["pong", "guests"]);

/** How one of them plays: until it is done, or `signal` aborts; `onSeat` tells its ID. */
export type PlayGuest = (
  guest: {
    readonly signal: AbortSignal;
    readonly onSeat: (id: string) => void;
  },
) => Promise<unknown>;

interface Guest {
  readonly stop: AbortController;
  readonly done: Promise<void>;
  id: string;
}

/** The bots of one room. Disposing sends them all away. */
export class Guests implements AsyncDisposable {
  readonly #play: PlayGuest;
  readonly #guests = new Set<Guest>();

  constructor(play: PlayGuest) {
    this.#play = play;
  }

  /** Of those who have a seat. */
  get ids(): readonly string[] {
    return [...this.#guests].map(({ id }) => id).filter((id) => id !== "");
  }

  /** Brings one more along; no more than could ever have a seat. */
  add(): void {
    if (this.#guests.size >= SLOTS_MAX - 1) return;
    const stop = new AbortController();
    const guest: Guest = {
      stop,
      id: "",
      done: this.#play({
        signal: stop.signal,
        onSeat: (id) => guest.id = id,
      }).then(
        () => this.#forget(guest),
        (error) => {
          if (!stop.signal.aborted) log.warn("A bot left: {error}", { error });
          this.#forget(guest);
        },
      ),
    };
    this.#guests.add(guest);
  }

  /** Sends the one with that ID away, if it is one of them. */
  remove(id: string): void {
    for (const guest of this.#guests) if (guest.id === id) guest.stop.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const guests = [...this.#guests];
    for (const { stop } of guests) stop.abort();
    await Promise.all(guests.map(({ done }) => done));
  }

  #forget(guest: Guest): void {
    this.#guests.delete(guest);
  }
}

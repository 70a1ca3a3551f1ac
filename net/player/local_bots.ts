/**
 * Local bots: those that this process brings along to a room, each with a seat of its own.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { SLOTS_MAX } from "../../game/court.ts";

const log = getLogger(["pong", "bots"]);

/** Lets a bot play until it is done, or `signal` aborts; `onSeat` is told its player ID. */
export type PlayLocalBot = (
  bot: {
    readonly signal: AbortSignal;
    readonly onSeat: (id: string) => void;
  },
) => Promise<unknown>;

interface LocalBot {
  readonly stop: AbortController;
  /** Never rejects. */
  readonly done: Promise<void>;
  /** Empty until it has a seat. */
  id: string;
}

/** The bots of one room. Disposing sends them all away. */
export class LocalBots implements AsyncDisposable {
  readonly #play: PlayLocalBot;
  readonly #bots = new Set<LocalBot>();

  constructor(play: PlayLocalBot) {
    this.#play = play;
  }

  /** The player IDs of those that have a seat. */
  get ids(): readonly string[] {
    return [...this.#bots].map(({ id }) => id).filter((id) => id !== "");
  }

  /** Brings one more along; a no-op when there are as many as could ever have a seat. */
  add(): void {
    if (this.#bots.size >= SLOTS_MAX - 1) return;
    const stop = new AbortController();
    const bot: LocalBot = {
      stop,
      id: "",
      done: this.#play({
        signal: stop.signal,
        onSeat: (id) => bot.id = id,
      }).then(
        () => this.#forget(bot),
        (error) => {
          if (!stop.signal.aborted) log.warn("A bot left: {error}", { error });
          this.#forget(bot);
        },
      ),
    };
    this.#bots.add(bot);
  }

  /** Sends the one with that player ID away; a no-op if there is none. */
  remove(id: string): void {
    for (const bot of this.#bots) if (bot.id === id) bot.stop.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const bots = [...this.#bots];
    for (const { stop } of bots) stop.abort();
    await Promise.all(bots.map(({ done }) => done));
  }

  #forget(bot: LocalBot): void {
    this.#bots.delete(bot);
  }
}

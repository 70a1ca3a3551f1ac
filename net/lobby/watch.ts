/**
 * A watcher's side of the control connection to the lobby.
 *
 * `watchLobby` lets somebody watch a room; from then on `next` tells what happens there: who
 * gathers, and each match as it starts, with the token for listening to it. A broken connection is
 * the end; whoever wants to go on watching calls `watchLobby` again.
 *
 * @module
 */
import type { LobbyAddress } from "../link/dial.ts";
import { askLobby, type LinkTimes, LobbyConnection } from "./connection.ts";
import { EventQueue } from "./event_queue.ts";
import {
  type LobbyMessage,
  PROTOCOL_VERSION,
  type WatchingMessage,
} from "./protocol.ts";
import {
  type EndEvent,
  refusalOf,
  type RoomEvent,
  roomEventOf,
} from "./seat.ts";

/** Which room of which lobby to watch. */
export interface WatchOptions extends LobbyAddress, LinkTimes {
  /** The room's code; without one, the newest match among strangers. */
  readonly room?: string | undefined;
  /** Ends watching, or gives up asking. */
  readonly signal: AbortSignal;
}

/** What a watcher is told; an end is the last of it. */
export type WatchEvent = RoomEvent | EndEvent;

/** A place among a room's watchers. Disposing it leaves. */
export interface LobbyWatch extends AsyncDisposable {
  readonly watching: WatchingMessage;
  /** Waits for the next event, oldest first; the last one is repeated for ever. Never rejects. */
  next(): Promise<WatchEvent>;
}

/** How long the lobby may take to answer. */
const ANSWER_TIMEOUT_MS = 5_000;

/** Every `join` has to give a name; a watcher's is shown to nobody. */
const NAME = "Watcher";

/**
 * Connects to a lobby and watches a room.
 *
 * @throws NetworkError when the lobby can't be reached, JoinError when it refuses.
 */
export async function watchLobby(options: WatchOptions): Promise<LobbyWatch> {
  const version = PROTOCOL_VERSION;
  const { room } = options;
  const { lines, answer } = await askLobby({
    ...options,
    line: JSON.stringify(
      { type: "join", version, name: NAME, room, spectate: true },
    ),
    accept: (answer) => {
      if (answer?.type === "watching") return answer;
      throw refusalOf(answer, options);
    },
    timeoutMs: ANSWER_TIMEOUT_MS,
  });
  return new Watch(options, new LobbyConnection(lines, options), answer);
}

class Watch implements LobbyWatch {
  readonly watching: WatchingMessage;
  readonly #link: LobbyConnection;
  readonly #events = new EventQueue<WatchEvent>();
  readonly #done: Promise<void>;

  constructor(
    options: WatchOptions,
    link: LobbyConnection,
    watching: WatchingMessage,
  ) {
    this.watching = watching;
    this.#link = link;
    this.#done = this.#run(options);
  }

  next(): Promise<WatchEvent> {
    return this.#events.next();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leave();
    await this.#done;
  }

  async #run({ hostname, port, signal }: WatchOptions): Promise<void> {
    const leave = () => this.#leave();
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    const why = await this.#link.follow((message) => this.#take(message));
    const message = `The lobby at ${hostname}:${port} is gone: ${why}.`;
    this.#events.finish({ kind: "lost", message });
    signal.removeEventListener("abort", leave);
  }

  #take(message: LobbyMessage): void {
    const event = roomEventOf(message);
    if (event !== undefined) this.#events.push(event);
    else if (message.type === "error") {
      const { code, message: why } = message;
      this.#events.finish({ kind: "refused", code, message: why });
    }
  }

  #leave(): void {
    this.#events.finish({ kind: "left" });
    this.#link.leave();
  }
}

/**
 * A watcher's side of the control connection to the lobby.
 *
 * `watchLobby` lets somebody watch a room; from then on `next` tells what happens there: who
 * gathers, and each match as it starts, with the token for listening to it. When the connection
 * breaks, it watches the same room again as soon as it can; after a restart, the room is there once
 * a player has come back to it.
 *
 * @module
 */
import type { LobbyAddress } from "../link/dial.ts";
import { comeBack } from "./come_back.ts";
import {
  type Answered,
  askLobby,
  type LinkTimes,
  LobbyConnection,
} from "./connection.ts";
import { EventQueue } from "./event_queue.ts";
import { refusalOf } from "./join_error.ts";
import { type EndEvent, type RoomEvent, roomEventOf } from "./lobby_event.ts";
import {
  type ErrorMessage,
  type LobbyMessage,
  PROTOCOL_VERSION,
  type WatchingMessage,
} from "./protocol.ts";

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

/** For how long a room may be missing to which its players, too, have to come back. */
const MISSING_MS_MAX = 60_000;

/** What ends a connection, and not watching. */
const PASSING_CODES: ReadonlySet<string> = new Set(
  ["shutting_down", "silent"] satisfies ErrorMessage["code"][],
);

/**
 * Connects to a lobby and watches a room.
 *
 * @throws NetworkError when the lobby can't be reached, JoinError when it refuses.
 */
export async function watchLobby(options: WatchOptions): Promise<LobbyWatch> {
  return new Watch(options, await enter(options, options.room));
}

/** Asks to watch a room. */
async function enter(
  options: WatchOptions,
  room: string | undefined,
): Promise<Answered<WatchingMessage>> {
  const version = PROTOCOL_VERSION;
  return await askLobby({
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
}

class Watch implements LobbyWatch {
  readonly watching: WatchingMessage;
  readonly #options: WatchOptions;
  readonly #stop = new AbortController();
  readonly #events = new EventQueue<WatchEvent>();
  readonly #done: Promise<void>;
  #link: LobbyConnection;

  constructor(
    options: WatchOptions,
    { lines, answer }: Answered<WatchingMessage>,
  ) {
    this.#options = options;
    this.watching = answer;
    this.#link = new LobbyConnection(lines, options);
    this.#done = this.#run();
  }

  next(): Promise<WatchEvent> {
    return this.#events.next();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leave();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { hostname, port, signal } = this.#options;
    const leave = () => this.#leave();
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    do {
      const why = await this.#link.follow((message) => this.#take(message));
      this.#tell(`The lobby at ${hostname}:${port} is gone: ${why}.`);
    } while (await this.#comeBack());
    signal.removeEventListener("abort", leave);
  }

  /** Watches the room again; `false` when that is over. */
  async #comeBack(): Promise<boolean> {
    if (this.#events.isOver) return false;
    const { signal } = this.#stop;
    const options = { ...this.#options, signal };
    const untilMs = performance.now() + MISSING_MS_MAX;
    const back = await comeBack(() => enter(options, this.watching.room), {
      signal,
      isFinal: (code) =>
        code === "version" ||
        code === "no_such_room" && performance.now() > untilMs,
      onTrouble: ({ message }) => this.#tell(message),
      onRefused: (end) => this.#events.finish(end),
    });
    if (back === undefined) return false;
    this.#link = new LobbyConnection(back.lines, this.#options);
    if (signal.aborted) this.#leave();
    this.#events.push({ kind: "link", trouble: "" });
    return true;
  }

  #tell(why: string): void {
    this.#events.push({ kind: "link", trouble: `${why} Trying again.` });
  }

  #take(message: LobbyMessage): void {
    const event = roomEventOf(message);
    if (event !== undefined) this.#events.push(event);
    else if (message.type === "error" && !PASSING_CODES.has(message.code)) {
      const { code, message: why } = message;
      this.#events.finish({ kind: "refused", code, message: why });
    }
  }

  #leave(): void {
    this.#events.finish({ kind: "left" });
    this.#link.leave();
    this.#stop.abort();
  }
}

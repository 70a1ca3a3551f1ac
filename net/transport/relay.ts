/**
 * The transport through the lobby: packets travel in frames over a second TCP connection to it.
 *
 * When the connection breaks, or the lobby falls silent (an unplugged cable resets nothing), it
 * connects again by itself. What is sent meanwhile is lost: the session repeats what matters. A
 * watcher has such a connection, too, and only listens.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { backoffMs } from "../link/backoff.ts";
import type { LobbyAddress } from "../link/dial.ts";
import { writeAll } from "../link/line_connection.ts";
import { messageOf, NetworkError } from "../link/network_error.ts";
import { pause } from "../link/pause.ts";
import { SilenceWatch } from "../link/silence.ts";
import { askLobby } from "../lobby/connection.ts";
import type { LobbyMessage } from "../lobby/protocol.ts";
import { BARRIER_MS_MAX } from "../match/barrier.ts";
import {
  type CloseReason,
  type LinkState,
  type Listening,
  type Received,
  requirePacket,
  type Sender,
  type Transport,
} from "../match/transport.ts";
import { Inbox } from "./inbox.ts";
import {
  FrameQueue,
  FrameReader,
  HEADER_BYTES,
  senderByteOf,
  senderOf,
} from "./relay_frames.ts";

const log = getLogger(["pong", "relay"]);

/** How often a sign of life is sent, and after how long without any frame the link is dead. */
const LIFE_EVERY_MS = 500;
const SILENCE_MS = 2_500;

/** How long the lobby may take to answer the first line. */
const ANSWER_TIMEOUT_MS = 3_000;

/** Between attempts to connect again: while there is no connection, the match waits. */
const BACKOFF = { firstMs: 50, maxMs: 1_000 };

/** The token isn't, or is no longer, valid: trying again won't help. */
class TokenRefused extends NetworkError {}

/** Where the lobby is, and the right to its relay. */
export interface RelayOptions extends LobbyAddress {
  /** From the lobby's `start`; a lobby that was restarted still takes that of a seat. */
  readonly token: string;
  /** Closes the transport, or gives up opening it. */
  readonly signal: AbortSignal;
  /** Opening has failed, and is tried again: why, in a sentence. */
  readonly onTrouble?: ((why: string) => void) | undefined;
}

/**
 * Opens the relay for a seat whose match has started.
 *
 * @throws NetworkError when the lobby can't be reached or refuses the token.
 */
export async function openRelay(options: RelayOptions): Promise<Transport> {
  return await open({ ...options, isWatching: false });
}

/**
 * Opens the relay for somebody who watches a match. Its `closed` says `failed` once the token is
 * no longer good: the match is over, or this watcher was given another one.
 *
 * @throws NetworkError when the lobby can't be reached or refuses the token.
 */
export async function openRelayWatch(
  options: RelayOptions,
): Promise<Listening> {
  return await open({ ...options, isWatching: true });
}

interface Options extends RelayOptions {
  readonly isWatching: boolean;
}

/** A connection over which the lobby relays. */
interface Attached {
  readonly conn: Deno.TcpConn;
  /** What was already read of the frames. */
  readonly rest: Uint8Array;
  /** Goes into the frames that are sent, though the lobby overwrites it. */
  readonly senderByte: number;
}

async function open(options: Options): Promise<Relay> {
  return new Relay(options, await attachAtLast(options));
}

class Relay implements Transport {
  readonly closed: Promise<CloseReason>;
  readonly #options: Options;
  readonly #stop = new AbortController();
  readonly #queue = new FrameQueue();
  readonly #where: string;
  readonly #inbox = new Inbox();
  #link: LinkState = { up: true, detail: "" };
  #rejected = 0;
  #attached: Attached | undefined;
  #isWriting = false;

  constructor(options: Options, attached: Attached) {
    this.#options = options;
    this.#where = `${options.hostname}:${options.port}`;
    this.closed = this.#run(attached);
  }

  get link(): LinkState {
    return this.#link;
  }

  get rejected(): number {
    return this.#rejected;
  }

  send(packet: Uint8Array): void {
    requirePacket(packet);
    this.#send(packet);
  }

  receive(): readonly Received[] {
    return this.#inbox.take();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.closed;
  }

  async #run(first: Attached): Promise<CloseReason> {
    const stop = () => this.#stop.abort();
    this.#options.signal.addEventListener("abort", stop, { once: true });
    if (this.#options.signal.aborted) stop();
    const reason = await this.#stayAttached(first);
    this.#options.signal.removeEventListener("abort", stop);
    const detail = reason.kind === "local"
      ? "Closed by this side."
      : reason.message;
    this.#link = { up: false, detail };
    this.#inbox.take();
    return reason;
  }

  /** Carries packets and connects again, over and over, until disposed or refused for good. */
  async #stayAttached(first: Attached): Promise<CloseReason> {
    const { signal } = this.#stop;
    let attached: Attached | undefined = first;
    let failures = 0;
    while (!signal.aborted) {
      if (attached !== undefined) {
        failures = 0;
        await this.#carry(attached);
        if (signal.aborted) break;
        this.#loseLink(`The connection to the lobby at ${this.#where} broke.`);
      }
      await pause(backoffMs(failures++, BACKOFF), signal);
      try {
        attached = await attach({ ...this.#options, signal });
      } catch (error) {
        if (signal.aborted) break;
        if (error instanceof TokenRefused) {
          return { kind: "failed", message: error.message };
        }
        attached = undefined;
        this.#loseLink(messageOf(error));
      }
    }
    return { kind: "local" };
  }

  #loseLink(detail: string): void {
    if (this.#link.up) log.warn("{detail} Connecting again.", { detail });
    this.#link = { up: false, detail: `${detail} Connecting again.` };
  }

  /** Carries packets both ways until the connection is over. */
  async #carry(attached: Attached): Promise<void> {
    const { conn, rest } = attached;
    const { signal } = this.#stop;
    const silence = new SilenceWatch(SILENCE_MS, performance.now());
    let isOpen = true;
    const close = () => {
      if (isOpen) conn.close();
      isOpen = false;
    };
    const life = setInterval(() => {
      if (silence.isOver(performance.now())) close();
      else this.#send(new Uint8Array(0));
    }, LIFE_EVERY_MS);
    signal.addEventListener("abort", close, { once: true });
    if (signal.aborted) close();
    this.#attached = attached;
    this.#link = { up: true, detail: "" };
    const reader = new FrameReader(rest);
    try {
      while (this.#drain(reader, performance.now())) {
        const bytes = await conn.read(reader.free());
        if (bytes === null) break;
        silence.heard();
        reader.filled(bytes);
      }
    } catch {
      // Reset by the other side or closed by us: over, either way.
    } finally {
      this.#attached = undefined;
      this.#queue.clear();
      clearInterval(life);
      signal.removeEventListener("abort", close);
      close();
    }
  }

  /** Moves what arrived to the inbox; `false` when the bytes aren't frames. */
  #drain(reader: FrameReader, atMs: number): boolean {
    let found = reader.next();
    while (found === "frame") {
      const { bytes, frameStart, frameEnd } = reader;
      const packet = bytes.slice(frameStart + HEADER_BYTES, frameEnd);
      if (packet.length > 0) {
        const from: Sender = senderOf(bytes[frameStart + 2]);
        this.#inbox.push({ from, atMs, packet });
      }
      found = reader.next();
    }
    if (found === "broken") this.#rejected++;
    return found === "incomplete";
  }

  /** Queues a frame; an empty packet makes a sign of life. */
  #send(packet: Uint8Array): void {
    if (this.#attached === undefined || this.#stop.signal.aborted) return;
    this.#queue.pushPacket(this.#attached.senderByte, packet);
    if (!this.#isWriting) void this.#write(this.#attached);
  }

  async #write({ conn }: Attached): Promise<void> {
    this.#isWriting = true;
    try {
      let bytes = this.#queue.take();
      while (bytes !== undefined) {
        await writeAll(conn, bytes);
        bytes = this.#queue.take();
      }
    } catch {
      // The read in `#carry` ends too, and connects again.
    }
    this.#isWriting = false;
  }
}

/** Attaches for the first time; tries for as long as others wait at the barrier. */
async function attachAtLast(options: Options): Promise<Attached> {
  const { signal, onTrouble } = options;
  const untilMs = performance.now() + BARRIER_MS_MAX;
  for (let failures = 0;; failures++) {
    try {
      return await attach(options);
    } catch (error) {
      const isPassing = error instanceof NetworkError &&
        !(error instanceof TokenRefused);
      if (!isPassing || performance.now() >= untilMs) throw error;
      onTrouble?.(error.message);
    }
    await pause(backoffMs(failures, BACKOFF), signal);
  }
}

/** Connects and shows the token; throws `TokenRefused` when the lobby doesn't take it. */
async function attach(options: Options): Promise<Attached> {
  const { token, isWatching } = options;
  const { lines, answer: senderByte } = await askLobby({
    ...options,
    line: `${isWatching ? "watch" : "relay"} ${token}`,
    accept: (answer) => senderByteIn(answer, options),
    timeoutMs: ANSWER_TIMEOUT_MS,
  });
  const detached = lines.detach();
  if (detached !== undefined) return { ...detached, senderByte };
  throw unanswered(options);
}

/** Returns the sender byte of the seat that the lobby confirmed; 0 for a watcher. */
function senderByteIn(
  answer: LobbyMessage | undefined,
  options: Options,
): number {
  if (answer?.type === "error") {
    const { hostname, port } = options;
    const message =
      `Cannot relay through the lobby at ${hostname}:${port}: ${answer.message}`;
    throw answer.code === "bad_token"
      ? new TokenRefused(message)
      : new NetworkError(message);
  }
  if (answer?.type === "watch" && options.isWatching) return 0;
  if (answer?.type === "relay" && !options.isWatching) {
    return senderByteOf(answer);
  }
  throw unanswered(options);
}

function unanswered({ hostname, port }: LobbyAddress): NetworkError {
  return new NetworkError(
    `Cannot relay through the lobby at ${hostname}:${port}: ` +
      "it doesn't answer. Check that it is a lobby and that it is running.",
  );
}

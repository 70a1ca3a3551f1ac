/**
 * A page's WebSocket, from the answer to its handshake on.
 *
 * What waits for a slow page is counted, what a page sends is bounded (`page_frames.ts`), and a page that
 * doesn't even answer pings is taken for dead: a phone that lost its network says no goodbye.
 *
 * @module
 */
import { writeAll } from "../link/line_connection.ts";
import { SilenceWatch } from "../link/silence.ts";
import { closeConn } from "./door.ts";
import {
  closeFrame,
  messageFrame,
  PageFrameReader,
  pingFrame,
  pongFrame,
} from "./page_frames.ts";

/**
 * A browser answers a ping at once, even for a page that it has frozen. A phone with a poor network
 * that comes back again and again must not take all places with pages that are dead.
 */
const PING_EVERY_MS = 1_000;
const SILENCE_MS = 10_000;
/** How long the other side may take to answer a goodbye. */
const GOODBYE_MS = 500;
const READ_BYTES = 4096;

/** What to do with what comes. */
export interface PageSocketOptions {
  readonly conn: Deno.TcpConn;
  /** Answers the handshake. */
  readonly head: Uint8Array;
  /** What came right behind the handshake. */
  readonly rest: Uint8Array;
  readonly messageBytesMax: number;
  /** A frame came; the messages of pages that ask for nothing are not counted otherwise. */
  readonly onFrame: () => void;
  readonly onText: (text: string) => void;
  /** The page has broken the rules, and is being closed. */
  readonly onBroken: (reason: string) => void;
}

/** An open socket; it ends when the page closes it, falls silent, or `close` is called. */
export class PageSocket {
  /** Settles once the connection is over; rejects with whatever broke it. */
  readonly closed: Promise<void>;
  readonly #options: PageSocketOptions;
  readonly #silence = new SilenceWatch(SILENCE_MS, performance.now());
  /** The writes under way; never rejects. */
  #writing = Promise.resolve();
  #queuedBytes = 0;
  #isOpen = true;
  #goodbyeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PageSocketOptions) {
    this.#options = options;
    this.#write(options.head);
    this.closed = this.#run();
  }

  /** Whether it can be sent something. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** How much waits to be written. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Queues a message; a no-op once the socket is being closed. */
  send(data: string | Uint8Array): void {
    if (this.#isOpen) this.#write(messageFrame(data));
  }

  /** Says goodbye; whoever doesn't answer is not waited for long. */
  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#write(closeFrame(code, reason));
    this.#isOpen = false;
    const { conn } = this.#options;
    this.#goodbyeTimer = setTimeout(() => closeConn(conn), GOODBYE_MS);
  }

  async #run(): Promise<void> {
    const { conn } = this.#options;
    const timer = setInterval(() => this.#look(), PING_EVERY_MS);
    try {
      await this.#writing;
      await this.#read();
    } finally {
      clearInterval(timer);
      // Answers the page's goodbye, unless the page has answered ours.
      this.close(1000, "");
      await this.#writing;
      clearTimeout(this.#goodbyeTimer);
      closeConn(conn);
    }
  }

  /** Reads until the page has said goodbye, or the connection ends. */
  async #read(): Promise<void> {
    const { conn, messageBytesMax, rest } = this.#options;
    const reader = new PageFrameReader(messageBytesMax);
    const buffer = new Uint8Array(READ_BYTES);
    let bytes = rest;
    for (;;) {
      for (const frame of reader.take(bytes)) {
        if (!this.#isOpen && frame.kind !== "close") continue;
        this.#silence.heard();
        this.#options.onFrame();
        switch (frame.kind) {
          case "text":
            this.#options.onText(frame.text);
            break;
          case "ping":
            // Who sends pings and reads no answer must not fill our memory.
            if (this.#queuedBytes === 0) this.#write(pongFrame(frame.body));
            break;
          case "close":
            return;
          case "broken":
            this.close(frame.code, frame.reason);
            this.#options.onBroken(frame.reason);
            break;
          case "part":
          case "pong":
        }
      }
      const count = await conn.read(buffer);
      if (count === null) return;
      bytes = buffer.subarray(0, count);
    }
  }

  #look(): void {
    if (this.#silence.isOver(performance.now())) {
      closeConn(this.#options.conn);
    } else if (this.#isOpen) {
      this.#write(pingFrame());
    }
  }

  #write(bytes: Uint8Array): void {
    const { conn } = this.#options;
    this.#queuedBytes += bytes.length;
    this.#writing = this.#writing.then(async () => {
      try {
        await writeAll(conn, bytes);
      } catch {
        closeConn(conn); // Reading ends with it.
      }
      this.#queuedBytes -= bytes.length;
    });
  }
}

/**
 * A TCP connection that carries lines of text.
 *
 * The length of a line and what waits to be written have limits, and an ending connection still
 * delivers what was said last.
 *
 * The lobby and its clients both use it. Whoever owns one calls `read` in a loop until it gives
 * `undefined`; only then is the connection closed in both directions.
 *
 * @module
 */
import { type LineEvent, LineSplitter } from "./lines.ts";

/** How many bytes may wait for a slow reader; all messages of a full room have less than 10 KiB. */
const QUEUE_BYTES_MAX = 64 * 1024;

/**
 * How long the other side has to read our last lines and close. If we closed while some of its
 * bytes are unread, the system would reset the connection, and our last lines would be lost.
 */
const LAST_WORDS_MS = 250;

const READ_BYTES = 4096;

/** Lines over `conn`, which it owns. Disposing it closes at once. */
export class LineConnection implements Disposable {
  readonly #conn: Deno.TcpConn;
  readonly #splitter: LineSplitter;
  readonly #buffer = new Uint8Array(READ_BYTES);
  readonly #encoder = new TextEncoder();
  readonly #queueBytesMax: number;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  /** The write under way; never rejects. */
  #writing: Promise<void> | undefined;
  #state: "open" | "ending" | "closed" = "open";
  #lastWordsTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    conn: Deno.TcpConn,
    { lineBytesMax, queueBytesMax = QUEUE_BYTES_MAX }: {
      /** Longest line that is taken, without its newline. */
      readonly lineBytesMax: number;
      readonly queueBytesMax?: number;
    },
  ) {
    this.#conn = conn;
    this.#splitter = new LineSplitter(lineBytesMax);
    this.#queueBytesMax = queueBytesMax;
  }

  /** Waits for bytes, and leaves them to `read`; none when the connection is over before. */
  async peek(): Promise<Uint8Array> {
    if (this.#splitter.rest.length === 0 && this.#state === "open") {
      const bytes = await this.#readBytes();
      this.#splitter.push(this.#buffer.subarray(0, bytes ?? 0));
    }
    return this.#splitter.rest;
  }

  /** Waits for the next line; `undefined` when the connection is over, for whatever reason. */
  async read(): Promise<LineEvent | undefined> {
    for (;;) {
      if (this.#state === "open") {
        const event = this.#splitter.next();
        if (event !== undefined) return event;
      }
      const bytes = await this.#readBytes();
      if (bytes === null) {
        // Whoever has closed its own direction may still read our answers.
        this.end();
        await this.#writing;
        this.close();
        return undefined;
      }
      if (this.#state === "open") {
        this.#splitter.push(this.#buffer.subarray(0, bytes));
      }
    }
  }

  /**
   * Queues one line, given without its newline; a no-op once the connection ends. When too much
   * waits already, the connection is closed: a slow reader must not fill our memory.
   */
  send(line: string): void {
    this.write(this.#encoder.encode(line + "\n"));
  }

  /** Queues bytes as they are, which must not change any more; else as `send`. */
  write(bytes: Uint8Array): void {
    if (this.#state !== "open") return;
    if (this.#queuedBytes + bytes.length > this.#queueBytesMax) {
      this.close();
      return;
    }
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#writing ??= this.#write();
  }

  /** Closes our direction once all that is queued is written; the owner goes on with `read`. */
  end(): void {
    if (this.#state !== "open") return;
    this.#state = "ending";
    this.#lastWordsTimer = setTimeout(() => this.close(), LAST_WORDS_MS);
    this.#writing ??= this.#write();
  }

  /** Closes both directions at once; what is still queued is lost. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    clearTimeout(this.#lastWordsTimer);
    this.#queue = [];
    this.#conn.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Hands the socket over to the caller, with the bytes already read after the last line. To be
   * called between two `read`s, with nothing queued; `undefined` when it is no longer open.
   */
  detach(): { conn: Deno.TcpConn; rest: Uint8Array } | undefined {
    if (this.#state !== "open") return undefined;
    this.#state = "closed";
    return { conn: this.#conn, rest: this.#splitter.takeRest() };
  }

  async #readBytes(): Promise<number | null> {
    if (this.#state === "closed") return null;
    try {
      return await this.#conn.read(this.#buffer);
    } catch {
      return null; // Reset by the other side or closed by us: over, either way.
    }
  }

  async #write(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        const [bytes] = this.#queue;
        await writeAll(this.#conn, bytes);
        this.#queue.shift();
        this.#queuedBytes -= bytes.length;
      }
      if (this.#state === "ending") await this.#conn.closeWrite();
    } catch {
      this.close(); // The other side is gone; `read` reports it.
    }
    this.#writing = undefined;
  }
}

/** Writes all of `bytes`, which must not change meanwhile. Rejects when the connection breaks. */
export async function writeAll(
  conn: Deno.TcpConn,
  bytes: Uint8Array,
): Promise<void> {
  let written = await conn.write(bytes);
  while (written < bytes.length) {
    written += await conn.write(bytes.subarray(written));
  }
}

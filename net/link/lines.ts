/**
 * Cuts a stream of bytes into lines of text.
 *
 * However the stream was split into chunks, the same lines come out. A line that is too long is
 * reported once and skipped up to its end; one that isn't UTF-8 is reported; nothing throws. At
 * most one line and one chunk are held, as long as the caller takes all lines after each chunk.
 *
 * @module
 */

/** One line without its end (`\n` or `\r\n`), or what was wrong with it. */
export type LineEvent =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "oversized" }
  | { readonly kind: "not_utf8" };

const NEWLINE = 10;
const RETURN = 13;

/** Takes chunks with `push`, and gives lines with `next`. */
export class LineSplitter {
  readonly #bytesMax: number;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #pending = new Uint8Array(0);
  #skipping = false;

  /** `bytesMax` counts a line's bytes before its newline. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Takes the next chunk of the stream; copies it. */
  push(chunk: Uint8Array): void {
    const joined = new Uint8Array(this.#pending.length + chunk.length);
    joined.set(this.#pending);
    joined.set(chunk, this.#pending.length);
    this.#pending = joined;
  }

  /** Returns the next line; `undefined` when more bytes are needed. */
  next(): LineEvent | undefined {
    for (;;) {
      const end = this.#pending.indexOf(NEWLINE);
      const length = end < 0 ? this.#pending.length : end;
      const oversized = !this.#skipping && length > this.#bytesMax;
      if (oversized) this.#skipping = true;
      const line = this.#pending.subarray(0, length);
      if (end >= 0) this.#consume(end + 1);
      else if (this.#skipping) this.#consume(length);
      if (oversized && end < 0) return { kind: "oversized" };
      if (end < 0) return undefined;
      const skipped = this.#skipping;
      this.#skipping = false;
      if (oversized) return { kind: "oversized" };
      if (!skipped) return this.#decode(line);
    }
  }

  /** The bytes that came and aren't part of a line that was taken. */
  get rest(): Uint8Array {
    return this.#pending;
  }

  /** Hands over the bytes after the last line; the stream may go on as something else. */
  takeRest(): Uint8Array {
    const rest = this.#pending;
    this.#consume(rest.length);
    return rest;
  }

  #consume(bytes: number): void {
    this.#pending = this.#pending.subarray(bytes);
  }

  #decode(line: Uint8Array): LineEvent {
    const end = line.at(-1) === RETURN ? line.length - 1 : line.length;
    try {
      return {
        kind: "line",
        text: this.#decoder.decode(line.subarray(0, end)),
      };
    } catch {
      return { kind: "not_utf8" };
    }
  }
}

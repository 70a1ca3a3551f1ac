/**
 * WebSocket frames (RFC 6455) as bytes: those that a page sends, and those that it is sent.
 *
 * No more is kept of a message that isn't whole than a message may have, in however many frames it
 * comes. What breaks the rules gives a `broken` frame with the code for closing, never an
 * exception, and nothing after it counts.
 *
 * @module
 */

/** What a page's bytes have come to. */
export type PageFrame =
  | { readonly kind: "text"; readonly text: string }
  /** A message goes on, or the other side is there. */
  | { readonly kind: "part" | "pong" }
  | { readonly kind: "ping"; readonly body: Uint8Array<ArrayBuffer> }
  | { readonly kind: "close" }
  | {
    readonly kind: "broken";
    readonly code: 1002 | 1003 | 1007 | 1009;
    readonly reason: string;
  };

const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

const LAST_BIT = 0x80;
const RESERVED_BITS = 0x70;
const OPCODE_BITS = 0x0f;
const MASK_BIT = 0x80;
const MASK_BYTES = 4;
/** Longest body of a frame that controls the connection, rather than carrying a message. */
const CONTROL_BYTES_MAX = 125;

/** Puts a page's frames together from the bytes as they come. */
export class PageFrameReader {
  readonly #messageBytesMax: number;
  #bytes = new Uint8Array();
  /** Of the message that isn't whole; `undefined` where none has begun. */
  #message: Uint8Array<ArrayBuffer> | undefined;
  #isBroken = false;

  constructor(messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax;
  }

  /** Takes the next bytes, and returns the frames that are whole with them. */
  *take(bytes: Uint8Array): Generator<PageFrame, void> {
    if (this.#isBroken) return;
    this.#bytes = joined(this.#bytes, bytes);
    for (;;) {
      const frame = this.#next();
      if (frame === undefined) return;
      this.#isBroken = frame.kind === "broken";
      yield frame;
      if (this.#isBroken) return;
    }
  }

  #next(): PageFrame | undefined {
    const bytes = this.#bytes;
    if (bytes.length < 2) return undefined;
    const isLast = (bytes[0] & LAST_BIT) !== 0;
    const opcode = bytes[0] & OPCODE_BITS;
    const isControl = opcode >= CLOSE;
    const short = bytes[1] & ~MASK_BIT;
    if ((bytes[0] & RESERVED_BITS) !== 0 || (bytes[1] & MASK_BIT) === 0) {
      return broken(1002, "not as agreed");
    }
    if (opcode === BINARY) return broken(1003, "not text");
    if (isControl && (!isLast || short > CONTROL_BYTES_MAX)) {
      return broken(1002, "not as agreed");
    }
    if (short === 127) return broken(1009, "too large");
    const start = short === 126 ? 4 : 2;
    if (bytes.length < start) return undefined;
    const length = short === 126 ? bytes[2] << 8 | bytes[3] : short;
    const before = isControl ? 0 : this.#message?.length ?? 0;
    // Before its body has come: nobody makes us keep what we will not take.
    if (before + length > this.#messageBytesMax) {
      return broken(1009, "too large");
    }
    const end = start + MASK_BYTES + length;
    if (bytes.length < end) return undefined;
    const mask = bytes.subarray(start, start + MASK_BYTES);
    const body = bytes.slice(start + MASK_BYTES, end)
      .map((byte, at) => byte ^ mask[at % MASK_BYTES]);
    this.#bytes = bytes.slice(end);
    return this.#frameOf(opcode, body, isLast);
  }

  #frameOf(
    opcode: number,
    body: Uint8Array<ArrayBuffer>,
    isLast: boolean,
  ): PageFrame {
    switch (opcode) {
      case TEXT:
      case CONTINUATION: {
        const hasBegun = this.#message !== undefined;
        if (hasBegun !== (opcode === CONTINUATION)) {
          return broken(1002, "not as agreed");
        }
        this.#message = joined(this.#message ?? new Uint8Array(), body);
        if (!isLast) return { kind: "part" };
        const text = textOf(this.#message);
        this.#message = undefined;
        return text === undefined
          ? broken(1007, "not UTF-8")
          : { kind: "text", text };
      }
      case CLOSE:
        return { kind: "close" };
      case PING:
        return { kind: "ping", body };
      case PONG:
        return { kind: "pong" };
      default:
        return broken(1002, "not as agreed");
    }
  }
}

/** Returns the frame of a whole message: text, or bytes as they are. */
export function messageFrame(data: string | Uint8Array): Uint8Array {
  return typeof data === "string"
    ? frameOf(TEXT, new TextEncoder().encode(data))
    : frameOf(BINARY, data);
}

/** Asks the other side whether it is there. */
export function pingFrame(): Uint8Array {
  return frameOf(PING, new Uint8Array());
}

/** Answers a ping. */
export function pongFrame(body: Uint8Array): Uint8Array {
  return frameOf(PONG, body);
}

/** Says goodbye; `reason` has 123 bytes at most. */
export function closeFrame(code: number, reason: string): Uint8Array {
  const text = new TextEncoder().encode(reason);
  return frameOf(CLOSE, joined(Uint8Array.of(code >> 8, code & 0xff), text));
}

function frameOf(opcode: number, body: Uint8Array): Uint8Array {
  const { length } = body;
  const head = new DataView(new ArrayBuffer(10));
  head.setUint8(0, LAST_BIT | opcode);
  const size = length < 126 ? 2 : length < 0x10000 ? 4 : 10;
  head.setUint8(1, size === 2 ? length : size === 4 ? 126 : 127);
  if (size === 4) head.setUint16(2, length);
  if (size === 10) head.setBigUint64(2, BigInt(length));
  return joined(new Uint8Array(head.buffer, 0, size), body);
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined; // The caller says so to who sent it.
  }
}

function broken(
  code: Extract<PageFrame, { readonly kind: "broken" }>["code"],
  reason: string,
): PageFrame {
  return { kind: "broken", code, reason };
}

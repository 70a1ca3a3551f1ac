/**
 * The frames in which packets travel through the lobby, alike in both directions.
 *
 * ```text
 *  byte 0      2       3                  2 + length
 *       ┌──────┬───────┬──────────────────┐
 *       │length│sender │ packet           │   length: u16, big endian, of sender and packet
 *       └──────┴───────┴──────────────────┘   sender: slot | epoch << 2
 * ```
 *
 * The lobby answers the line `relay <token>` with the line
 * `{"type":"relay","slot":…,"epoch":…}`, or with an `error` as on a control connection; after the
 * former, both directions carry frames. A client's sender byte is ignored: the lobby writes the
 * true one. A frame without a packet is a sign of life: the lobby sends it back and doesn't forward
 * it.
 *
 * The line `watch <token>` is answered with `{"type":"watch"}`. The frames of all players follow; a
 * watcher may send nothing but signs of life.
 *
 * @module
 */
import { PACKET_BYTES_MAX, type Sender } from "../match/transport.ts";

/** What stands before the packet. */
export const HEADER_BYTES = 3;
const FRAME_BYTES_MAX = HEADER_BYTES + PACKET_BYTES_MAX;

/** How many frames may wait: four seconds of one sender. */
const QUEUE_FRAMES_MAX = 256;
/** The same in bytes, so that the largest packets don't make it many times larger than usual. */
const QUEUE_BYTES_MAX = 128 * 1024;

/** Bytes that are read at once: about a hundred usual packets. */
const READ_BYTES = 16 * 1024;

/** Epochs that fit into the sender byte; they are only told apart, so it may begin again at 0. */
const EPOCHS = 64;

/** Returns the sender byte of a seat's process. */
export function senderByteOf({ slot, epoch }: Sender): number {
  return slot | (epoch % EPOCHS) << 2;
}

/** Returns whom a sender byte means; the epoch only up to 63. */
export function senderOf(byte: number): Sender {
  return { slot: byte & 3, epoch: byte >> 2 };
}

/** Finds the frames in a stream of bytes, in place: it copies and allocates nothing per frame. */
export class FrameReader {
  readonly bytes = new Uint8Array(READ_BYTES);
  /** Where the frame that `next` found begins and ends in `bytes`, header included. */
  frameStart = 0;
  frameEnd = 0;
  #end = 0;

  /** `rest` is what was already read of the stream, at most 16 KiB. */
  constructor(rest: Uint8Array) {
    this.bytes.set(rest);
    this.#end = rest.length;
  }

  /** Moves to the next frame; then the bytes of the one before may be overwritten. */
  next(): "frame" | "incomplete" | "broken" {
    const start = this.frameEnd;
    if (this.#end - start < 2) return "incomplete";
    const length = this.bytes[start] << 8 | this.bytes[start + 1];
    if (length === 0 || length > PACKET_BYTES_MAX + 1) return "broken";
    if (this.#end - start < 2 + length) return "incomplete";
    this.frameStart = start;
    this.frameEnd = start + 2 + length;
    return "frame";
  }

  /** Where to read the next bytes into, once `next` said `incomplete`. */
  free(): Uint8Array {
    if (this.frameEnd > 0) {
      this.bytes.copyWithin(0, this.frameEnd, this.#end);
      this.#end -= this.frameEnd;
      this.frameStart = this.frameEnd = 0;
    }
    return this.bytes.subarray(this.#end);
  }

  /** That many bytes were read into `free()`. */
  filled(bytes: number): void {
    this.#end += bytes;
  }
}

/**
 * Frames that wait to leave together in one write, back to back.
 *
 * Two buffers take turns: one is written while the other fills, so nothing is allocated per frame.
 * When too much waits, the oldest frames are dropped.
 */
export class FrameQueue {
  readonly #framesMax: number;
  readonly #bytesMax: number;
  #filling = new Uint8Array(4096);
  #written = new Uint8Array(4096);
  #start = 0;
  #end = 0;
  #frames = 0;
  #dropped = 0;

  constructor(framesMax = QUEUE_FRAMES_MAX, bytesMax = QUEUE_BYTES_MAX) {
    this.#framesMax = framesMax;
    this.#bytesMax = bytesMax;
  }

  /** How many frames were dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds the whole frame that lies in `bytes` from `start` to `end`; copies it. */
  pushFrame(bytes: Uint8Array, start: number, end: number): void {
    const at = this.#reserve(end - start);
    // A loop beats set(subarray(…)) for packets of the usual hundred bytes.
    const filling = this.#filling;
    for (let i = start, to = at; i < end; i++, to++) filling[to] = bytes[i];
  }

  /** Adds a frame around `packet`; copies it. */
  pushPacket(senderByte: number, packet: Uint8Array): void {
    const at = this.#reserve(HEADER_BYTES + packet.length);
    const length = 1 + packet.length;
    this.#filling[at] = length >> 8;
    this.#filling[at + 1] = length & 255;
    this.#filling[at + 2] = senderByte;
    this.#filling.set(packet, at + HEADER_BYTES);
  }

  /** Takes all that waits, to be written at once; the bytes are valid until the next `take`. */
  take(): Uint8Array | undefined {
    if (this.#frames === 0) return undefined;
    const bytes = this.#filling.subarray(this.#start, this.#end);
    [this.#filling, this.#written] = [this.#written, this.#filling];
    this.#start = this.#end = this.#frames = 0;
    return bytes;
  }

  /** Forgets all that waits. */
  clear(): void {
    this.#start = this.#end = this.#frames = 0;
  }

  /** Makes room for a frame, and returns where in the filling buffer. */
  #reserve(bytes: number): number {
    if (bytes > FRAME_BYTES_MAX) {
      throw new RangeError(`Frame of ${bytes} bytes`);
    }
    while (
      this.#frames >= this.#framesMax ||
      this.#end - this.#start + bytes > this.#bytesMax
    ) this.#dropOldest();
    if (this.#end + bytes > this.#filling.length) this.#makeRoom(bytes);
    const at = this.#end;
    this.#end += bytes;
    this.#frames++;
    return at;
  }

  #dropOldest(): void {
    const at = this.#start;
    this.#start += 2 + (this.#filling[at] << 8 | this.#filling[at + 1]);
    this.#frames--;
    this.#dropped++;
  }

  /** Moves what waits to the front; into a larger buffer if this one would soon be full again. */
  #makeRoom(bytes: number): void {
    const waiting = this.#end - this.#start;
    let size = this.#filling.length;
    while (size < 2 * (waiting + bytes)) size *= 2;
    if (size === this.#filling.length) {
      this.#filling.copyWithin(0, this.#start, this.#end);
    } else {
      const larger = new Uint8Array(size);
      larger.set(this.#filling.subarray(this.#start, this.#end));
      this.#filling = larger;
    }
    this.#start = 0;
    this.#end = waiting;
  }
}

/** What may wait of one sender for one receiver, in bytes: all frames, as they usually are. */
const SHARE_BYTES_MAX = 64 * 1024;

/**
 * Frames that wait for one receiver, of each sender apart, and that leave in turns: whoever sends
 * too much loses frames of its own, and holds up others by one turn at most.
 */
export class FairQueue {
  readonly #queues: FrameQueue[] = [];
  #turn = 0;

  /** How many frames were dropped so far. */
  get dropped(): number {
    return this.#queues.reduce((sum, { dropped }) => sum + dropped, 0);
  }

  /** Adds the whole frame that lies in `bytes` from `start` to `end`; copies it. */
  pushFrame(
    sender: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    while (this.#queues.length <= sender) {
      this.#queues.push(new FrameQueue(QUEUE_FRAMES_MAX, SHARE_BYTES_MAX));
    }
    this.#queues[sender].pushFrame(bytes, start, end);
  }

  /** Takes all that waits of the sender whose turn it is; valid until that sender's next turn. */
  take(): Uint8Array | undefined {
    for (let tried = 0; tried < this.#queues.length; tried++) {
      this.#turn = (this.#turn + 1) % this.#queues.length;
      const bytes = this.#queues[this.#turn].take();
      if (bytes !== undefined) return bytes;
    }
    return undefined;
  }
}

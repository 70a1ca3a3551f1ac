/**
 * Blocks of bytes one after the other, each followed by a checksum of all bytes before it.
 *
 * So a changed byte is noticed at the block that holds it. A missing end is told from a changed
 * byte, as long as the reader knows each block's length from what it has read, and so checked,
 * before. The checksum is FNV-1a, one step a byte; no step loses a difference, so no change of a
 * single byte goes unnoticed. It keeps out accidents, not forgers.
 *
 * @module
 */

/** Bytes of a checksum. */
const SEAL_BYTES = 4;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Writes blocks one after the other, each with its checksum. */
export class SealedBlockWriter {
  #bytes = new Uint8Array(4096);
  #length = 0;
  #checksum = FNV_OFFSET;

  /** All blocks that were added so far. What it holds never changes, but it doesn't grow either. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Returns a writer that goes on from here by itself. */
  fork(): SealedBlockWriter {
    const copy = new SealedBlockWriter();
    copy.#bytes = this.#bytes.slice();
    copy.#length = this.#length;
    copy.#checksum = this.#checksum;
    return copy;
  }

  add(block: Uint8Array): void {
    this.#reserve(block.length + SEAL_BYTES);
    this.#append(block);
    const seal = new Uint8Array(SEAL_BYTES);
    new DataView(seal.buffer).setUint32(0, this.#checksum);
    this.#append(seal);
  }

  #append(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    this.#checksum = checksumOf(bytes, this.#checksum);
  }

  #reserve(length: number): void {
    const needed = this.#length + length;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

type SealedBlock =
  | { readonly kind: "block"; readonly block: Uint8Array }
  /** The bytes end before the block does. */
  | { readonly kind: "cut off" }
  /** Some byte up to the block's end is not what was written. */
  | { readonly kind: "damaged" };

/** Reads blocks in order, from bytes that it doesn't copy. */
export class SealedBlockReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #checksum = FNV_OFFSET;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Returns the next block of that many bytes, not a copy. After a failure it can't read on. */
  next(length: number): SealedBlock {
    const end = this.#at + length;
    if (end + SEAL_BYTES > this.#bytes.length) return { kind: "cut off" };
    const block = this.#bytes.subarray(this.#at, end);
    const seal = this.#bytes.subarray(end, end + SEAL_BYTES);
    const { buffer, byteOffset } = seal;
    const claimed = new DataView(buffer, byteOffset).getUint32(0);
    const checksum = checksumOf(block, this.#checksum);
    if (claimed !== checksum) return { kind: "damaged" };
    this.#checksum = checksumOf(seal, checksum);
    this.#at = end + SEAL_BYTES;
    return { kind: "block", block };
  }
}

function checksumOf(bytes: Uint8Array, before: number): number {
  let checksum = before;
  for (const byte of bytes) checksum = Math.imul(checksum ^ byte, FNV_PRIME);
  return checksum >>> 0;
}

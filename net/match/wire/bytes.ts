/**
 * Reading and writing of small binary packets, big-endian, within bounds.
 *
 * A writer past its end and a reader past its end don't throw: they remember it (`fits`), and the
 * codec asks once at the end. So a codec reads like the layout it implements.
 *
 * @module
 */

/** Writes numbers into a buffer of the caller's. */
export class ByteWriter {
  /** False once something was written past the end; what was written is then useless. */
  fits = true;
  #at = 0;
  readonly #bytes: Uint8Array;

  /** Writes into `bytes` from its beginning; the caller owns and reuses it. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** What was written so far: the beginning of the caller's buffer, not a copy. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  /** How many bytes can still be written. */
  get room(): number {
    return this.#bytes.length - this.#at;
  }

  u8(value: number): void {
    if (this.#at >= this.#bytes.length) this.fits = false;
    else this.#bytes[this.#at++] = value;
  }

  u16(value: number): void {
    this.u8(value >>> 8);
    this.u8(value);
  }

  u24(value: number): void {
    this.u8(value >>> 16);
    this.u16(value);
  }

  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value);
  }

  /** A number from 0 to 2^31 − 1 in one to five bytes, small ones in one (LEB128). */
  varint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.u8(rest | 128);
      rest >>>= 7;
    }
    this.u8(rest);
  }

  bytes(source: Uint8Array): void {
    if (source.length > this.room) {
      this.fits = false;
      return;
    }
    this.#bytes.set(source, this.#at);
    this.#at += source.length;
  }
}

/** Reads numbers from bytes that it neither copies nor changes. */
export class ByteReader {
  /** False once something was read past the end, or a varint was malformed. */
  fits = true;
  #at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  u8(): number {
    if (this.atEnd) {
      this.fits = false;
      return 0;
    }
    return this.#bytes[this.#at++];
  }

  i8(): number {
    return (this.u8() << 24) >> 24;
  }

  u16(): number {
    return (this.u8() << 8) | this.u8();
  }

  u24(): number {
    return (this.u8() << 16) | this.u16();
  }

  u32(): number {
    return this.u16() * 65536 + this.u16();
  }

  /** A number from 0 to 2^31 − 1, as `ByteWriter.varint` wrote it. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      // Of the fifth byte three bits are left; integers only, as others would be boxed.
      if (shift === 28 && byte > 7) break;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    this.fits = false;
    return 0;
  }

  skip(length: number): void {
    this.#at += length;
    if (this.#at > this.#bytes.length) this.fits = false;
  }

  /** Returns a copy of the next `length` bytes. */
  bytes(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) {
      this.fits = false;
      return new Uint8Array(length);
    }
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }
}

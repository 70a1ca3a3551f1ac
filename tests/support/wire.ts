/**
 * TCP connections in memory, and a lobby at the far end of them that says what a test wants.
 *
 * @module
 */
import { RawClient } from "./lobby.ts";

/** One end of a connection. */
export class WireEnd {
  isClosed = false;
  hasNoDelay = false;
  /** From where it comes, as the other side sees it. */
  remoteAddr = { hostname: "10.0.0.1" };
  #other!: WireEnd;
  /** What came and wasn't read; the end of the stream is `null`. */
  readonly #unread: (Uint8Array | null)[] = [];
  #unreadBytes = 0;
  #changed = Promise.withResolvers<void>();
  readonly #roomBytes: number;

  private constructor(roomBytes: number) {
    this.#roomBytes = roomBytes;
  }

  /** Makes both ends; a write waits while `roomBytes` wait unread at the other one. */
  static pair(roomBytes = Infinity): readonly [WireEnd, WireEnd] {
    const ends = [new WireEnd(roomBytes), new WireEnd(roomBytes)] as const;
    [ends[0].#other, ends[1].#other] = [ends[1], ends[0]];
    return ends;
  }

  /** This end as the code under test takes it: it has all that is used of a real one. */
  get conn(): Deno.TcpConn {
    return this as unknown as Deno.TcpConn;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#unread.length === 0 || this.isClosed) {
      if (this.isClosed) throw new Deno.errors.BadResource("closed");
      await this.#changed.promise;
    }
    const [bytes] = this.#unread;
    if (bytes === null) return null;
    const taken = bytes.subarray(0, buffer.length);
    buffer.set(taken);
    if (taken.length === bytes.length) this.#unread.shift();
    else this.#unread[0] = bytes.subarray(taken.length);
    this.#unreadBytes -= taken.length;
    this.#other.#change();
    return taken.length;
  }

  /** Whether the other side will say no more, and all that it said was read. */
  get isOver(): boolean {
    return this.isClosed || this.#unread[0] === null;
  }

  /** Reads all that has come, without waiting for more. */
  take(): Uint8Array {
    const all: number[] = [];
    while (this.#unread.length > 0 && this.#unread[0] !== null) {
      all.push(...this.#unread.splice(0, 1)[0] ?? []);
    }
    this.#unreadBytes = 0;
    this.#other.#change();
    return Uint8Array.from(all);
  }

  async write(bytes: Uint8Array): Promise<number> {
    const other = this.#other;
    while (
      !this.isClosed && !other.isClosed && other.#unreadBytes >= this.#roomBytes
    ) {
      await this.#changed.promise;
    }
    if (this.isClosed || other.isClosed) throw new Deno.errors.BrokenPipe();
    const taken = bytes.slice(0, this.#roomBytes - other.#unreadBytes);
    other.#unread.push(taken);
    other.#unreadBytes += taken.length;
    other.#change();
    return taken.length;
  }

  closeWrite(): Promise<void> {
    this.#other.#unread.push(null);
    this.#other.#change();
    return Promise.resolve();
  }

  /** Throws if it is closed already, as a real one does. */
  close(): void {
    if (this.isClosed) throw new Deno.errors.BadResource("closed");
    this.isClosed = true;
    this.#change();
    void this.closeWrite();
  }

  setNoDelay(isOn = true): void {
    this.hasNoDelay = isOn;
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Takes the place of all lobbies: whoever dials one gets a wire whose far end is here. */
export class FakeLobby implements Disposable {
  /** What dialling does instead of connecting. */
  refusal: Error | undefined;
  /** Whether dialling waits until it is given up. */
  isSilent = false;
  /** When somebody dialled. */
  readonly attempts: number[] = [];
  /** The far ends of all connections so far. */
  readonly dialled: WireEnd[] = [];
  readonly #realConnect = Deno.connect;

  /** `roomBytes` as for a pair of ends. */
  constructor(roomBytes?: number) {
    const connect = ({ signal }: Deno.ConnectOptions) => {
      this.attempts.push(performance.now());
      if (this.isSilent) {
        return new Promise((_, reject) =>
          signal?.addEventListener("abort", () => reject(signal.reason))
        );
      }
      if (this.refusal !== undefined) return Promise.reject(this.refusal);
      const [near, far] = WireEnd.pair(roomBytes);
      this.dialled.push(far);
      return Promise.resolve(near.conn);
    };
    Object.assign(Deno, { connect });
  }

  /** The newest connection, to say and hear whatever the test wants. */
  get client(): RawClient {
    const far = this.dialled.at(-1);
    if (far === undefined) throw new Error("Nobody has dialled");
    return new RawClient(far.conn);
  }

  [Symbol.dispose](): void {
    Object.assign(Deno, { connect: this.#realConnect });
  }
}

/**
 * The lobby's relay: passes the frames of each member of a match on to the others.
 *
 * It never looks into a packet. It overwrites the sender byte of every frame with the true one, so
 * that nobody can speak for somebody else. A receiver that is ready gets a frame at once; for one that
 * is slow, the newest frames wait and leave together, and nobody else waits for it.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { writeAll } from "./line_connection.ts";
import type { LobbyMessage } from "./lobby_protocol.ts";
import type { SeatName } from "./matches.ts";
import {
  FrameQueue,
  FrameReader,
  HEADER_BYTES,
  QUEUE_FRAMES_MAX,
  senderByteOf,
} from "./relay_frames.ts";
import { SilenceWatch } from "./silence.ts";
import { type Rate, TokenBucket } from "./token_bucket.ts";

const log = getLogger(["pong", "lobby"]);

export interface RelayLimits {
  /** Frames that one connection may send; a player sends 60 a second. */
  readonly rate: Rate;
  /** A connection without any frame for so long is dead. */
  readonly silenceMs: number;
  /** Frames that wait for one receiver. */
  readonly queueFrames?: number;
}

interface Member {
  readonly seat: SeatName;
  readonly senderByte: number;
  readonly conn: Deno.TcpConn;
  readonly queue: FrameQueue;
  readonly bucket: TokenBucket;
  readonly silence: SilenceWatch;
  isWriting: boolean;
  isClosed: boolean;
}

export class RelayHub {
  readonly #limits: RelayLimits;
  /** Connected members by match; each list is replaced, never changed. */
  readonly #matches = new Map<string, readonly Member[]>();

  constructor(limits: RelayLimits) {
    this.#limits = limits;
  }

  /** How many relay connections are open. */
  get connections(): number {
    let count = 0;
    for (const members of this.#matches.values()) count += members.length;
    return count;
  }

  /**
   * Relays for `seat` until its connection is over; owns `conn` and closes it. A former connection
   * of the same seat is closed: the newest one is where the player is. Never rejects.
   */
  async serve({ conn, rest, seat }: {
    readonly conn: Deno.TcpConn;
    /** What was already read after the first line. */
    readonly rest: Uint8Array;
    readonly seat: SeatName;
  }): Promise<void> {
    const nowMs = performance.now();
    const member: Member = {
      seat,
      senderByte: senderByteOf(seat),
      conn,
      queue: new FrameQueue(this.#limits.queueFrames ?? QUEUE_FRAMES_MAX),
      bucket: new TokenBucket(this.#limits.rate, nowMs),
      silence: new SilenceWatch(this.#limits.silenceMs, nowMs),
      isWriting: true, // The confirmation goes first.
      isClosed: false,
    };
    this.#enter(member);
    try {
      await writeAll(conn, confirmation(seat));
      void write(member);
      await this.#relay(member, new FrameReader(rest));
    } catch {
      // Reset by the other side or closed by us: over, either way.
    } finally {
      this.#exit(member);
    }
  }

  /** Closes the connection of an older process of that seat. */
  dropOlder({ match, slot, epoch }: SeatName): void {
    for (const member of this.#matches.get(match) ?? []) {
      const { seat } = member;
      if (seat.slot === slot && seat.epoch < epoch) close(member);
    }
  }

  /** Closes connections that have been silent for too long; to be called at least once a second. */
  sweep(nowMs: number): void {
    for (const members of this.#matches.values()) {
      for (const member of members) {
        if (member.silence.isOver(nowMs)) this.#refuse(member, "is silent");
      }
    }
  }

  /** Closes all connections; each `serve` then ends. */
  close(): void {
    for (const members of this.#matches.values()) members.forEach(close);
  }

  async #relay(member: Member, reader: FrameReader): Promise<void> {
    while (this.#pass(member, reader)) {
      const bytes = await member.conn.read(reader.free());
      if (bytes === null) return;
      reader.filled(bytes);
    }
  }

  /** Passes all whole frames on; `false` when the connection deserves no more. */
  #pass(member: Member, reader: FrameReader): boolean {
    const others = this.#matches.get(member.seat.match) ?? [];
    const { bytes } = reader;
    const nowMs = performance.now();
    let found = reader.next();
    while (found === "frame") {
      if (!member.bucket.take(nowMs)) {
        return this.#refuse(member, "is too fast");
      }
      const { frameStart: start, frameEnd: end } = reader;
      bytes[start + 2] = member.senderByte;
      const isSignOfLife = end - start === HEADER_BYTES;
      for (const other of others) {
        if ((other === member) === isSignOfLife) {
          other.queue.pushFrame(bytes, start, end);
        }
      }
      member.silence.heard();
      found = reader.next();
    }
    for (const other of others) if (!other.isWriting) void write(other);
    return found === "incomplete" ||
      this.#refuse(member, "sent a frame of impossible length");
  }

  #refuse(member: Member, why: string): false {
    const { match, slot } = member.seat;
    log.warn("Relay connection of slot {slot} in match {match} {why}: closed", {
      match,
      slot,
      why,
    });
    close(member);
    return false;
  }

  #enter(member: Member): void {
    const { match, slot } = member.seat;
    const members = this.#matches.get(match) ?? [];
    const former = members.find(({ seat }) => seat.slot === slot);
    this.#matches.set(match, [
      ...members.filter((other) => other !== former),
      member,
    ]);
    if (former !== undefined) close(former);
  }

  #exit(member: Member): void {
    close(member);
    const { match } = member.seat;
    const left = (this.#matches.get(match) ?? [])
      .filter((other) => other !== member);
    if (left.length > 0) this.#matches.set(match, left);
    else this.#matches.delete(match);
    if (member.queue.dropped > 0) {
      log.info(
        "Slot {slot} in match {match} was too slow for {dropped} frames",
        {
          match,
          slot: member.seat.slot,
          dropped: member.queue.dropped,
        },
      );
    }
  }
}

/** Writes what waits, and what comes meanwhile, one write at a time. */
async function write(member: Member): Promise<void> {
  member.isWriting = true;
  try {
    let bytes = member.queue.take();
    while (bytes !== undefined) {
      await writeAll(member.conn, bytes);
      bytes = member.queue.take();
    }
  } catch {
    close(member); // The read in `serve` ends too, and says so.
  }
  member.isWriting = false;
}

function close(member: Member): void {
  if (member.isClosed) return;
  member.isClosed = true;
  member.conn.close();
}

function confirmation({ slot, epoch }: SeatName): Uint8Array {
  const message: LobbyMessage = { type: "relay", slot, epoch };
  return new TextEncoder().encode(JSON.stringify(message) + "\n");
}

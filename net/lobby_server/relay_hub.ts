/**
 * The lobby's relay: passes the frames of each player of a match on to the others.
 *
 * It never looks into a packet. It overwrites the sender byte of every frame with the true one, so
 * that nobody can speak for somebody else. A receiver that is ready gets a frame at once; for one
 * that is slow, each sender's newest frames wait and leave together, and nobody else waits for it.
 * From whoever sends more than its share is read no faster than that: what is too much waits at the
 * sender. A watcher gets what the players send, and may send no packets.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { writeAll } from "../link/line_connection.ts";
import { SilenceWatch } from "../link/silence.ts";
import { type Rate, TokenBucket } from "../link/token_bucket.ts";
import type { LobbyMessage } from "../lobby/protocol.ts";
import {
  FairQueue,
  FrameReader,
  HEADER_BYTES,
  senderByteOf,
} from "../transport/relay_frames.ts";
import type { SeatName } from "./running_matches.ts";

const log = getLogger(["pong", "lobby"]);

/** What a relay connection may do before it has to wait, or is closed. */
export interface RelayLimits {
  /** Frames that one seat may send, and one watcher. */
  readonly rate: Rate;
  readonly watcherRate: Rate;
  /** A connection without any frame for so long is dead. */
  readonly silenceMs: number;
}

/** Bytes for which a frame counts once: most are smaller, the largest counts four times. */
const COUNTED_BYTES = 320;

/** How long somebody who has sent too much isn't read: a dozen frames may follow at once then. */
const REST_MS = 50;

/** Whose queue holds what a connection gets back itself; beyond all slots. */
const OWN = 4;

/** A connection on which frames travel. */
interface RelayConnection {
  readonly match: string;
  /** The player's slot; `undefined` for a watcher. */
  readonly slot: number | undefined;
  /** Is written into every frame that it sends. */
  readonly senderByte: number;
  readonly conn: Deno.TcpConn;
  readonly queue: FairQueue;
  readonly bucket: TokenBucket;
  readonly silence: SilenceWatch;
  isWriting: boolean;
  isClosed: boolean;
}

interface PlayerConnection extends RelayConnection {
  readonly slot: number;
  readonly epoch: number;
}

/** A watcher has no seat; only the signs of life that it gets back carry this. */
const WATCHER_BYTE = 0;

/** All relay connections of the lobby, by match. */
export class RelayHub {
  readonly #limits: RelayLimits;
  /** Connected players and watchers by match; each list is replaced, never changed. */
  readonly #players = new Map<string, readonly PlayerConnection[]>();
  readonly #watchers = new Map<string, readonly RelayConnection[]>();
  /** By match and slot: a new connection of a seat goes on where the one before has stopped. */
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(limits: RelayLimits) {
    this.#limits = limits;
  }

  /** How many relay connections of players are open. */
  get connections(): number {
    return [...this.#players.values()].flat().length;
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
    const { match, slot, epoch } = seat;
    const senderByte = senderByteOf(seat);
    const bucket = this.#bucketOf(seat);
    const link = this.#createLink({ match, slot, senderByte, conn, bucket });
    const player = { ...link, slot, epoch };
    const former = this.#playersOf(match).find((other) => other.slot === slot);
    add(this.#players, player);
    if (former !== undefined) this.#part(this.#players, former);
    await this.#carry(player, rest, { type: "relay", slot, epoch });
    this.#part(this.#players, player);
  }

  /**
   * Sends the frames of the match's players to a watcher, until its connection is over or `signal`
   * aborts; owns `conn` and closes it. The watcher may send nothing but signs of life. Never
   * rejects.
   */
  async watch({ conn, rest, match, signal }: {
    readonly conn: Deno.TcpConn;
    /** What was already read after the first line. */
    readonly rest: Uint8Array;
    readonly match: string;
    readonly signal?: AbortSignal;
  }): Promise<void> {
    const watcher = this.#createLink({
      match,
      slot: undefined,
      senderByte: WATCHER_BYTE,
      conn,
      bucket: new TokenBucket(this.#limits.watcherRate, performance.now()),
    });
    const stop = () => close(watcher);
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) stop();
    add(this.#watchers, watcher);
    await this.#carry(watcher, rest, { type: "watch" });
    this.#part(this.#watchers, watcher);
    signal?.removeEventListener("abort", stop);
  }

  /** Closes the connection of an older process of that seat. */
  dropOlder({ match, slot, epoch }: SeatName): void {
    for (const player of this.#playersOf(match)) {
      if (player.slot === slot && player.epoch < epoch) close(player);
    }
  }

  /** Closes connections that have been silent for too long; to be called at least once a second. */
  sweep(nowMs: number): void {
    const links = this.#links;
    for (const link of links) {
      if (link.silence.isOver(nowMs)) refuse(link, "is silent");
    }
    const used = new Set(links.map(({ bucket }) => bucket));
    for (const [seat, bucket] of this.#buckets) {
      if (!used.has(bucket) && bucket.isFull(nowMs)) this.#buckets.delete(seat);
    }
  }

  /** Closes all connections; each `serve` and `watch` then ends. */
  close(): void {
    this.#links.forEach(close);
  }

  get #links(): readonly RelayConnection[] {
    return [...this.#players.values(), ...this.#watchers.values()].flat();
  }

  #playersOf(match: string): readonly PlayerConnection[] {
    return this.#players.get(match) ?? [];
  }

  #bucketOf({ match, slot }: SeatName): TokenBucket {
    const seat = `${match}/${slot}`;
    const bucket = this.#buckets.get(seat) ??
      new TokenBucket(this.#limits.rate, performance.now());
    this.#buckets.set(seat, bucket);
    return bucket;
  }

  #createLink(
    parts: Pick<
      RelayConnection,
      "match" | "slot" | "senderByte" | "conn" | "bucket"
    >,
  ): RelayConnection {
    return {
      ...parts,
      queue: new FairQueue(),
      silence: new SilenceWatch(this.#limits.silenceMs, performance.now()),
      isWriting: true, // The confirmation goes first.
      isClosed: false,
    };
  }

  /** Confirms the connection, then passes on what comes until it is over. */
  async #carry(
    link: RelayConnection,
    rest: Uint8Array,
    confirmation: LobbyMessage,
  ): Promise<void> {
    try {
      const line = JSON.stringify(confirmation) + "\n";
      await writeAll(link.conn, new TextEncoder().encode(line));
      void write(link);
      const reader = new FrameReader(rest);
      for (;;) {
        const next = this.#pass(link, reader);
        if (next === "closed") return;
        if (next === "rest") {
          await new Promise((resolve) => setTimeout(resolve, REST_MS));
          if (link.isClosed) return; // What still waits is nobody's any more.
          continue;
        }
        const bytes = await link.conn.read(reader.free());
        if (bytes === null) return;
        reader.filled(bytes);
      }
    } catch {
      // Reset by the other side or closed by us: over, either way.
    }
  }

  /** Passes on all whole frames, or as many as the sender may send; says what is to be done next. */
  #pass(
    link: RelayConnection,
    reader: FrameReader,
  ): "read" | "rest" | "closed" {
    const players = this.#playersOf(link.match);
    const watchers = this.#watchers.get(link.match) ?? [];
    const { bytes } = reader;
    const { bucket, slot } = link;
    const nowMs = performance.now();
    let found: ReturnType<FrameReader["next"]> = "incomplete";
    let mustRest = bucket.isEmpty(nowMs);
    while (!mustRest && (found = reader.next()) === "frame") {
      const { frameStart: start, frameEnd: end } = reader;
      bucket.take(nowMs, Math.ceil((end - start) / COUNTED_BYTES));
      bytes[start + 2] = link.senderByte;
      if (end - start === HEADER_BYTES) {
        link.queue.pushFrame(OWN, bytes, start, end);
      } else if (slot === undefined) {
        return refuse(link, "sent a packet, and only watches");
      } else {
        for (const player of players) {
          if (player !== link) player.queue.pushFrame(slot, bytes, start, end);
        }
        for (const watcher of watchers) {
          watcher.queue.pushFrame(slot, bytes, start, end);
        }
      }
      link.silence.heard();
      mustRest = bucket.isEmpty(nowMs);
    }
    for (const player of players) if (!player.isWriting) void write(player);
    for (const other of watchers) if (!other.isWriting) void write(other);
    if (found === "broken") {
      return refuse(link, "sent a frame of impossible length");
    }
    return mustRest ? "rest" : "read";
  }

  /** Closes a connection and forgets it. */
  #part<L extends RelayConnection>(
    lists: Map<string, readonly L[]>,
    link: L,
  ): void {
    close(link);
    const { match, slot, queue: { dropped } } = link;
    const links = lists.get(match) ?? [];
    if (!links.includes(link)) return;
    const left = links.filter((other) => other !== link);
    if (left.length > 0) lists.set(match, left);
    else lists.delete(match);
    if (dropped === 0) return;
    log.info("{who} in match {match} was too slow for {dropped} frames", {
      who: nameOf(slot),
      match,
      dropped,
    });
  }
}

function add<L extends RelayConnection>(
  lists: Map<string, readonly L[]>,
  link: L,
): void {
  lists.set(link.match, [...lists.get(link.match) ?? [], link]);
}

function refuse(link: RelayConnection, why: string): "closed" {
  log.warn("Relay connection of {who} in match {match} {why}: closed", {
    who: nameOf(link.slot),
    match: link.match,
    why,
  });
  close(link);
  return "closed";
}

function nameOf(slot: number | undefined): string {
  return slot === undefined ? "a watcher" : `slot ${slot}`;
}

/** Writes what waits, and what comes meanwhile, one write at a time. */
async function write(link: RelayConnection): Promise<void> {
  link.isWriting = true;
  try {
    let bytes = link.queue.take();
    while (bytes !== undefined) {
      await writeAll(link.conn, bytes);
      bytes = link.queue.take();
    }
  } catch {
    close(link); // The read in `#carry` ends too, and says so.
  }
  link.isWriting = false;
}

function close(link: RelayConnection): void {
  if (link.isClosed) return;
  link.isClosed = true;
  link.conn.close();
}

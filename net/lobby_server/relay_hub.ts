/**
 * The lobby's relay: passes the frames of each player of a match on to the others.
 *
 * It never looks into a packet. It overwrites the sender byte of every frame with the true one, so
 * that nobody can speak for somebody else. A receiver that is ready gets a frame at once; for one
 * that is slow, the newest frames wait and leave together, and nobody else waits for it. A watcher
 * gets what the players send, and may send no packets.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { writeAll } from "../link/line_connection.ts";
import { SilenceWatch } from "../link/silence.ts";
import { type Rate, TokenBucket } from "../link/token_bucket.ts";
import type { LobbyMessage } from "../lobby/protocol.ts";
import {
  FrameQueue,
  FrameReader,
  HEADER_BYTES,
  senderByteOf,
} from "../transport/relay_frames.ts";
import type { SeatName } from "./matches.ts";

const log = getLogger(["pong", "lobby"]);

/** What a relay connection may do before it is closed, or loses frames. */
export interface RelayLimits {
  /** Frames that one connection may send; a player sends 60 a second. */
  readonly rate: Rate;
  /** A connection without any frame for so long is dead. */
  readonly silenceMs: number;
}

/** A connection on which frames travel. */
interface RelayConnection {
  readonly match: string;
  /** The player's slot; `undefined` for a watcher. */
  readonly slot: number | undefined;
  /** Is written into every frame that it sends. */
  readonly senderByte: number;
  readonly conn: Deno.TcpConn;
  readonly queue: FrameQueue;
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
    const link = this.#createLink({ match, slot, senderByte, conn });
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
    for (const link of this.#links) {
      if (link.silence.isOver(nowMs)) refuse(link, "is silent");
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

  #createLink(
    parts: Pick<RelayConnection, "match" | "slot" | "senderByte" | "conn">,
  ): RelayConnection {
    const { rate, silenceMs } = this.#limits;
    const nowMs = performance.now();
    return {
      ...parts,
      queue: new FrameQueue(),
      bucket: new TokenBucket(rate, nowMs),
      silence: new SilenceWatch(silenceMs, nowMs),
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
      while (this.#pass(link, reader)) {
        const bytes = await link.conn.read(reader.free());
        if (bytes === null) return;
        reader.filled(bytes);
      }
    } catch {
      // Reset by the other side or closed by us: over, either way.
    }
  }

  /** Passes on all whole frames; `false` when the connection broke a rule and was closed. */
  #pass(link: RelayConnection, reader: FrameReader): boolean {
    const players = this.#playersOf(link.match);
    const watchers = this.#watchers.get(link.match) ?? [];
    const { bytes } = reader;
    const nowMs = performance.now();
    let found = reader.next();
    while (found === "frame") {
      if (!link.bucket.take(nowMs)) return refuse(link, "is too fast");
      const { frameStart: start, frameEnd: end } = reader;
      bytes[start + 2] = link.senderByte;
      if (end - start === HEADER_BYTES) link.queue.pushFrame(bytes, start, end);
      else if (link.slot === undefined) {
        return refuse(link, "sent a packet, and only watches");
      } else {
        for (const player of players) {
          if (player !== link) player.queue.pushFrame(bytes, start, end);
        }
        for (const watcher of watchers) {
          watcher.queue.pushFrame(bytes, start, end);
        }
      }
      link.silence.heard();
      found = reader.next();
    }
    for (const player of players) if (!player.isWriting) void write(player);
    for (const other of watchers) if (!other.isWriting) void write(other);
    return found === "incomplete" ||
      refuse(link, "sent a frame of impossible length");
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

function refuse(link: RelayConnection, why: string): false {
  log.warn("Relay connection of {who} in match {match} {why}: closed", {
    who: nameOf(link.slot),
    match: link.match,
    why,
  });
  close(link);
  return false;
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

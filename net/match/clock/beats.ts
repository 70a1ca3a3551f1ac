/**
 * Numbers the packets of one member, answers those of the others, and learns from their answers.
 *
 * Each packet has a number, its *beat*. It also says which beat of every other member came last,
 * and how long ago: its *echo*. So every packet measures a round trip, and none is sent for that
 * alone. Beats come round again: an echo counts only in a packet that is newer than all before it,
 * so that none which was held back for long is taken for the answer to another beat.
 *
 * @module
 */
import { isNewer, type Place } from "../wire/record.ts";
import type { Stamp } from "../wire/stamp.ts";
import type { Echo } from "../wire/wire.ts";
import { PeerClock } from "./peer_clock.ts";

/** Send times kept to tell which packet an echo answers: four seconds of them. */
const SENT_TIMES = 256;

/** What a packet that has arrived says of time. */
export interface Arrival {
  readonly slot: number;
  readonly said: Place & { readonly sentAt: Stamp };
  /** The packet's echo of this member, if it has one. */
  readonly echo: Echo | undefined;
  readonly atMs: number;
}

/** One member's beats, and what the echoes of them tell of the others. */
export class Beats {
  /** By slot: what is known of each member's clock; the own one is never fed. */
  readonly clocks: PeerClock[];

  #next = 0;
  readonly #sentMs = new Float64Array(SENT_TIMES).fill(-Infinity);
  /** By slot: the newest packet, and when it came. */
  readonly #newest: (Place | undefined)[];
  readonly #newestMs: Float64Array;

  constructor(players: number) {
    this.clocks = Array.from({ length: players }, () => new PeerClock());
    this.#newest = this.clocks.map(() => undefined);
    this.#newestMs = new Float64Array(players);
  }

  /** Returns the next beat, for a packet that is sent now. */
  take(nowMs: number): number {
    const beat = this.#next;
    this.#sentMs[beat % SENT_TIMES] = nowMs;
    this.#next = (beat + 1) & 0xffff;
    return beat;
  }

  /** By slot: the echoes in a packet that is sent now. */
  echoes(nowMs: number): (Echo | undefined)[] {
    return this.#newest.map((newest, slot) =>
      newest && {
        beat: newest.beat,
        holdMs: Math.max(0, nowMs - this.#newestMs[slot]),
      }
    );
  }

  /** Another process holds the slot now: what was learned of the former one is void. */
  forget(slot: number): void {
    this.clocks[slot] = new PeerClock();
    this.#newest[slot] = undefined;
  }

  /** Takes in a packet; its echo is ignored where it answers none of the last `SENT_TIMES`. */
  receive({ slot, said, echo, atMs }: Arrival): void {
    const clock = this.clocks[slot];
    clock.addTransit(said.sentAt, atMs);
    const newest = this.#newest[slot];
    if (newest && !isNewer(said, newest)) return;
    this.#newest[slot] = said;
    this.#newestMs[slot] = atMs;
    if (!echo) return;
    const packetsAgo = (this.#next - echo.beat) & 0xffff;
    if (packetsAgo === 0 || packetsAgo > SENT_TIMES) return;
    clock.addEcho({
      sentMs: this.#sentMs[echo.beat % SENT_TIMES],
      holdMs: echo.holdMs,
      theirStamp: said.sentAt,
      atMs,
    });
  }
}

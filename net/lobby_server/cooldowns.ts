/**
 * Who has to wait before joining a room again, so that nobody keeps strangers apart.
 *
 * Whoever was put out for not being ready waits some seconds; others behind the same address don't.
 * An address from which strangers were left waiting again and again may join none for a while,
 * whatever names it uses. Both are forgotten with time, and so much is remembered and no more.
 *
 * @module
 */

/** Longer than somebody takes to look again; shorter than a countdown, so that friends can wait. */
const PUT_OUT_MS = 10_000;

/**
 * So many times in a row strangers may be left, as eight who share an address hardly ever do, and
 * then once in each of these times. To keep two strangers apart takes four times a minute; whoever
 * is put out has kept one waiting on purpose, or nearly, which counts twice.
 */
const LEAVES_MAX = 6;
const LEAVE_MS = 30_000;
const PUT_OUT_LEAVES = 2;

/** Of each kind, the oldest of which go first. */
const REMEMBERED_MAX = 4_096;

/** Who asks for a seat. */
export interface Caller {
  readonly address: string;
  readonly name: string;
}

/** What is remembered of those who were put out, or left. */
export class Cooldowns {
  /** By address and name: when that person may join again. */
  readonly #putOut = new Map<string, number>();
  /** By address: when all that left strangers waiting is forgotten. */
  readonly #leaves = new Map<string, number>();

  /** How much is remembered. */
  get size(): number {
    return this.#putOut.size + this.#leaves.size;
  }

  /** Somebody wasn't ready in time; returns after how many ms a new try is welcome. */
  putOut(caller: Caller, isAmongStrangers: boolean, nowMs: number): number {
    remember(this.#putOut, keyOf(caller), nowMs + PUT_OUT_MS);
    if (isAmongStrangers) this.#count(caller, PUT_OUT_LEAVES, nowMs);
    return PUT_OUT_MS;
  }

  /** Somebody left strangers waiting. */
  leave(caller: Caller, nowMs: number): void {
    this.#count(caller, 1, nowMs);
  }

  /** How many ms somebody still has to wait before joining friends or, longer, strangers. */
  waitMs(caller: Caller, isAmongStrangers: boolean, nowMs: number): number {
    const untilMs = this.#putOut.get(keyOf(caller)) ?? nowMs;
    const leavesMs = (this.#leaves.get(caller.address) ?? nowMs) -
      LEAVES_MAX * LEAVE_MS;
    const latestMs = isAmongStrangers ? Math.max(untilMs, leavesMs) : untilMs;
    return Math.max(0, latestMs - nowMs);
  }

  /** Forgets what is over. */
  sweep(nowMs: number): void {
    for (const map of [this.#putOut, this.#leaves]) {
      for (const [key, untilMs] of map) if (untilMs <= nowMs) map.delete(key);
    }
  }

  #count({ address }: Caller, leaves: number, nowMs: number): void {
    const beforeMs = Math.max(nowMs, this.#leaves.get(address) ?? nowMs);
    remember(this.#leaves, address, beforeMs + leaves * LEAVE_MS);
  }
}

function keyOf({ address, name }: Caller): string {
  return `${address} ${name}`;
}

function remember(
  map: Map<string, number>,
  key: string,
  untilMs: number,
): void {
  map.delete(key);
  map.set(key, untilMs);
  const [oldest] = map.keys();
  if (map.size > REMEMBERED_MAX) map.delete(oldest);
}

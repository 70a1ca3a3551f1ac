/**
 * Who is heard, who is silent and for how long, counted so that nobody is accused unjustly.
 *
 * A player is heard when its newest record advanced, by whatever path it came. Silence is counted in
 * this host's own play time, and only while it hears at least half of the match (itself included):
 * neither its own sleep nor the death of a broker is the others' fault.
 *
 * @module
 */

/** Silence after which the page says so, and after which a player is suspected to be gone. */
export const UNSTABLE_MS = 500;
export const SUSPECT_MS = 2000;
/** Most that one call may count: who slept longer has no claim to have heard nothing. */
const STEP_MS_MAX = 67;

export type Liveness = "ok" | "unstable" | "suspect";

export interface LivenessChange {
  readonly slot: number;
  readonly state: Liveness;
}

export class PeerLiveness {
  readonly #slot: number;
  readonly #silentMs: number[];
  readonly #heardAtMs: number[];
  readonly #states: Liveness[];
  #atMs: number;

  constructor(slot: number, players: number, nowMs: number) {
    this.#slot = slot;
    this.#silentMs = Array.from({ length: players }, () => 0);
    this.#heardAtMs = this.#silentMs.map(() => nowMs);
    this.#states = this.#silentMs.map(() => "ok");
    this.#atMs = nowMs;
  }

  /** The slot's record advanced. */
  hear(slot: number, nowMs: number): void {
    this.#silentMs[slot] = 0;
    this.#heardAtMs[slot] = nowMs;
  }

  stateOf(slot: number): Liveness {
    return this.#states[slot];
  }

  silentMs(slot: number): number {
    return this.#silentMs[slot];
  }

  /** Bit s: slot s was heard within the last 2 s, or is this host. */
  get hears(): number {
    return this.#mask((slot) => this.#silentMs[slot] < SUSPECT_MS);
  }

  /** Counts the time since the last call and returns what changed. */
  update(nowMs: number): readonly LivenessChange[] {
    const passedMs = Math.min(nowMs - this.#atMs, STEP_MS_MAX);
    const sleptMs = nowMs - this.#atMs - passedMs;
    this.#atMs = nowMs;
    const recently = this.#mask((slot) =>
      nowMs - sleptMs - this.#heardAtMs[slot] <= UNSTABLE_MS
    );
    const isLinkUp = 2 * countBits(recently) >= this.#states.length;
    const changes: LivenessChange[] = [];
    for (let slot = 0; slot < this.#states.length; slot++) {
      if (slot === this.#slot) continue;
      if (isLinkUp) this.#silentMs[slot] += passedMs;
      const silentMs = this.#silentMs[slot];
      const state: Liveness = silentMs >= SUSPECT_MS
        ? "suspect"
        : silentMs >= UNSTABLE_MS
        ? "unstable"
        : "ok";
      if (state === this.#states[slot]) continue;
      this.#states[slot] = state;
      changes.push({ slot, state });
    }
    return changes;
  }

  #mask(isSet: (slot: number) => boolean): number {
    let mask = 1 << this.#slot;
    for (let slot = 0; slot < this.#states.length; slot++) {
      if (slot !== this.#slot && isSet(slot)) mask |= 1 << slot;
    }
    return mask;
  }
}

/** Returns how many bits are set in a small mask. */
export function countBits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/**
 * Who is silent and for how long, counted so that nobody is accused unjustly.
 *
 * A member *speaks* when its newest record advances, by whatever path. Its *silence* ends only when
 * that record also says that it hears this host: a member that is deaf but still talks must not
 * hold up the others for ever. Silence is counted in this host's own play time, and only while at
 * least half of the members (this one included) speak to it: neither this host's sleep nor the
 * death of a broker is the others' fault.
 *
 * @module
 */
import { has, setOf, sizeOf, type SlotSet, slotsOf } from "../wire/slot_set.ts";
import type { NegativeControls } from "./negative_controls.ts";
import type { Timers } from "./timers.ts";

/** Most silence that one call counts: a host that slept longer couldn't have heard anybody. */
const STEP_MS_MAX = 67;

/** By its silence: below `unstableMs`, below `suspectMs`, or longer. */
export type Liveness = "ok" | "unstable" | "suspect";

/** A slot's liveness from now on. */
export interface LivenessChange {
  readonly slot: number;
  readonly state: Liveness;
}

/** Counts every slot's silence, as one host hears it. */
export class PeerLiveness {
  readonly #slot: number;
  readonly #timers: Timers;
  readonly #stepMsMax: number;
  /** By slot: silence so far; when it last spoke, not counting own sleep; its last liveness. */
  readonly #silentMs: number[];
  readonly #spokeAtMs: number[];
  readonly #states: Liveness[];
  #atMs: number;

  constructor(
    { slot, players, timers, controls = {}, nowMs }: {
      readonly slot: number;
      readonly players: number;
      readonly timers: Timers;
      readonly controls?: NegativeControls | undefined;
      readonly nowMs: number;
    },
  ) {
    this.#slot = slot;
    this.#timers = timers;
    this.#stepMsMax = controls.isSleepCounted ? Infinity : STEP_MS_MAX;
    this.#silentMs = Array.from({ length: players }, () => 0);
    this.#spokeAtMs = this.#silentMs.map(() => nowMs);
    this.#states = this.#silentMs.map(() => "ok");
    this.#atMs = nowMs;
  }

  /** The slot's record advanced; `isMutual` if the slot hears this host, too. */
  hear(slot: number, nowMs: number, isMutual: boolean): void {
    this.#spokeAtMs[slot] = nowMs;
    if (isMutual) this.#silentMs[slot] = 0;
  }

  /** Ends the silence of slots that have just become members. */
  welcome(slots: SlotSet, nowMs: number): void {
    for (const slot of slotsOf(slots)) this.hear(slot, nowMs, true);
  }

  stateOf(slot: number): Liveness {
    return this.#states[slot];
  }

  /** How long a slot has been silent, in this host's own play time. */
  silentMs(slot: number): number {
    return this.#silentMs[slot];
  }

  /** Slots that spoke within `unstableMs`, so that they are surely there; and this host. */
  get present(): SlotSet {
    return this.#spokeWithin(this.#timers.unstableMs);
  }

  /** Slots that spoke within `suspectMs`, and this host. */
  get heard(): SlotSet {
    return this.#spokeWithin(this.#timers.suspectMs);
  }

  /**
   * Counts the time since the last call as silence of the `members`, and returns what changed.
   * While this host's own link is down nobody's silence means anything.
   */
  update(
    nowMs: number,
    members: SlotSet,
    isLinkUp: boolean,
  ): readonly LivenessChange[] {
    const passedMs = Math.min(nowMs - this.#atMs, this.#stepMsMax);
    const sleptMs = nowMs - this.#atMs - passedMs;
    this.#atMs = nowMs;
    for (const [slot, spokeAtMs] of this.#spokeAtMs.entries()) {
      this.#spokeAtMs[slot] = Math.min(nowMs, spokeAtMs + sleptMs);
    }
    const spoken = sizeOf(this.present & members);
    const mayCount = isLinkUp && 2 * spoken >= sizeOf(members);
    const changes: LivenessChange[] = [];
    for (const [slot, before] of this.#states.entries()) {
      if (slot === this.#slot) continue;
      if (mayCount && has(members, slot)) this.#silentMs[slot] += passedMs;
      const state = this.#judge(this.#silentMs[slot]);
      if (state === before) continue;
      this.#states[slot] = state;
      changes.push({ slot, state });
    }
    return changes;
  }

  #judge(silentMs: number): Liveness {
    if (silentMs >= this.#timers.suspectMs) return "suspect";
    return silentMs >= this.#timers.unstableMs ? "unstable" : "ok";
  }

  #spokeWithin(withinMs: number): SlotSet {
    let slots = setOf(this.#slot);
    for (const [slot, spokeAtMs] of this.#spokeAtMs.entries()) {
      if (this.#atMs - spokeAtMs <= withinMs) slots |= setOf(slot);
    }
    return slots;
  }
}

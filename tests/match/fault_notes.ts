/**
 * What is noted while a match of faults is played: how often what happened and, where somebody
 * wants to read it, the whole story.
 *
 * @module
 */
import type { VirtualMatch } from "../../net/simulation/virtual_match.ts";
import type { FaultSchedule } from "./fault_schedule.ts";

/** What whoever makes faults and whoever judges have in common. */
export interface FaultWorld {
  readonly schedule: FaultSchedule;
  /** It begins after them. */
  readonly match: () => VirtualMatch;
  readonly notes: Notes;
}

/** Written by whoever makes faults, and by whoever judges. */
export class Notes {
  readonly counters: Record<string, number> = {};
  readonly trace: string[] = [];
  readonly #nowMs: () => number;
  readonly #isTraced: boolean;

  constructor(nowMs: () => number, isTraced: boolean) {
    this.#nowMs = nowMs;
    this.#isTraced = isTraced;
  }

  count(name: string, by = 1): void {
    this.counters[name] = (this.counters[name] ?? 0) + by;
  }

  /** Tells what happened; `text` is called only where somebody reads it. */
  say(text: () => string): void {
    if (!this.#isTraced) return;
    this.trace.push(`${this.#nowMs().toFixed(0).padStart(6)} ${text()}`);
  }
}

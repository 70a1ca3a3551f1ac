/**
 * The inputs that somebody who watches has heard lately, each from the player whose it is.
 *
 * They come before the state that they belong to is known, and again and again; here they wait.
 *
 * @module
 */
import { SLOTS_MAX } from "../../game/court.ts";
import { HISTORY_TICKS } from "../../game/rollback.ts";
import { ABSENT_INPUT } from "../../game/state.ts";
import type { InputRun } from "../match/wire/wire.ts";

export class HeardInputs {
  /** For each slot a ring of the last `HISTORY_TICKS`: of which tick, by which incarnation, what. */
  readonly #ticks = new Float64Array(SLOTS_MAX * HISTORY_TICKS).fill(-1);
  readonly #epochs = new Uint8Array(SLOTS_MAX * HISTORY_TICKS);
  readonly #inputs = new Int8Array(SLOTS_MAX * HISTORY_TICKS);

  /** Takes in what incarnation `epoch` of a slot says of its own inputs. */
  note(epoch: number, { slot, start, inputs }: InputRun): void {
    for (const [i, input] of inputs.entries()) {
      if (input === ABSENT_INPUT) return;
      const at = cell(slot, start + i);
      this.#ticks[at] = start + i;
      this.#epochs[at] = epoch;
      this.#inputs[at] = input;
    }
  }

  /** Returns the input at a tick that counts if it is of incarnation `epoch`. */
  at(slot: number, tick: number, epoch: number): number | undefined {
    const at = cell(slot, tick);
    const isIt = this.#ticks[at] === tick && this.#epochs[at] === epoch;
    return isIt ? this.#inputs[at] : undefined;
  }
}

function cell(slot: number, tick: number): number {
  return slot * HISTORY_TICKS + tick % HISTORY_TICKS;
}

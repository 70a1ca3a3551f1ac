/**
 * What can happen to packets on their way, drawn from a random source that is handed in.
 *
 * @module
 */

/** What happens to packets on their way; times in ms, the rest as probabilities. */
export interface LinkFaults {
  readonly delayMs: number;
  /** From 0 to this is added to the delay, at random; more than a tick of it reorders packets. */
  readonly jitterMs: number;
  readonly loss: number;
  readonly duplication: number;
  /** Probability of coming up to `REORDER_MS` later than otherwise. */
  readonly reordering: number;
}

export const NO_FAULTS: LinkFaults = {
  delayMs: 0,
  jitterMs: 0,
  loss: 0,
  duplication: 0,
  reordering: 0,
};

/** How much later a reordered packet comes at most. */
const REORDER_MS = 100;

/**
 * Draws what becomes of one packet: for each copy that arrives, how long it is under way in ms.
 * `random` returns numbers from 0 (inclusive) to 1. The caller owns what is returned.
 */
export function drawWaysMs(
  faults: LinkFaults,
  random: () => number,
): number[] {
  const waysMs: number[] = [];
  const copies = random() < faults.duplication ? 2 : 1;
  for (let copy = 0; copy < copies; copy++) {
    let wayMs = faults.delayMs + random() * faults.jitterMs;
    if (random() < faults.reordering) wayMs += random() * REORDER_MS;
    if (random() >= faults.loss) waysMs.push(wayMs);
  }
  return waysMs;
}

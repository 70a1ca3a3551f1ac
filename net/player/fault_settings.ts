/**
 * Faults as the inspector's sliders know them.
 *
 * @module
 */
import type { FaultSettings } from "../page/message.ts";
import type { TransportFaults } from "../transport/faulty.ts";

/** Returns where the sliders stand for these faults. */
export function settingsOf(faults: TransportFaults): FaultSettings {
  return {
    latencyMs: faults.delayMs,
    jitterMs: faults.jitterMs,
    lossPercent: faults.loss * 100,
    isCut: faults.cut !== "none",
  };
}

/** Returns the faults that the sliders ask for; those without a slider stay. */
export function withSettings(
  faults: TransportFaults,
  { latencyMs, jitterMs, lossPercent, isCut }: FaultSettings,
): TransportFaults {
  return {
    ...faults,
    delayMs: latencyMs,
    jitterMs,
    loss: lossPercent / 100,
    cut: isCut ? "both" : "none",
  };
}

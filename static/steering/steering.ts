/**
 * Steers the own paddle with keys, mouse, fingers and gamepads, all at once.
 *
 * @module
 */
import {
  createDeviceArbiter,
  type DeviceArbiterOptions,
} from "./device_arbiter.ts";
import { readPads } from "./gamepad.ts";
import { listenToKeys } from "./keyboard.ts";
import { listenToPointers } from "./pointer.ts";

export interface SteeringOptions extends DeviceArbiterOptions {
  readonly window: Window;
  /** Shows the court, turned as on the screen, and nothing but the court. */
  readonly court: HTMLElement;
}

export interface Steering {
  /** To be called with every picture, once the own paddle's place in it is known. */
  update(nowMs: number): void;
}

/** Listens for as long as the page lives. */
export function createSteering(options: SteeringOptions): Steering {
  const { window, court } = options;
  const arbiter = createDeviceArbiter(options);
  listenToKeys(window, arbiter);
  listenToPointers(window, court, arbiter);
  return {
    update(nowMs) {
      arbiter.update(nowMs, readPads(window.navigator));
    },
  };
}

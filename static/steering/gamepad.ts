/**
 * From gamepads to a push: the left stick, or the cross of buttons.
 *
 * @module
 */

/** What counts of a `Gamepad`. */
export interface Pad {
  /** `standard` where the browser knows which axis and button is what. */
  readonly mapping: string;
  readonly axes: readonly number[];
  readonly buttons: readonly { readonly pressed: boolean }[];
}

/** All gamepads, as one stick. */
export interface Sticks {
  /** Returns the strongest push of −1 (up, or left) … 1 (down, or right); 0 where there is none. */
  push(pads: readonly (Pad | null)[], along: "x" | "y"): number;
}

/** Sticks rest somewhere near their middle; a larger zone would cost fine control. */
const DEAD_ZONE = 0.15;
/**
 * A worn stick rests off its middle, but hardly so far: where one was beyond when it was first seen,
 * and then moved, somebody has held it.
 */
const REST_MAX = 0.5;
/** Of a standard gamepad's cross. */
const BUTTONS = { x: [14, 15], y: [12, 13] } as const;

/** Begins with no device known. */
export function createSticks(): Sticks {
  /** By place: devices that have been seen at rest. */
  const rested = new Set<number>();
  /** By place: where each device's axes rest. */
  const rests = new Map<number, number[]>();
  return {
    push(pads, along) {
      let strongest = 0;
      pads.forEach((pad, at) => {
        if (!pad) {
          rested.delete(at);
          rests.delete(at);
          return;
        }
        const rest = (rests.get(at) ?? pad.axes.slice(0, 2))
          .map((rest, axis) => restAfter(rest, pad.axes[axis]));
        rests.set(at, rest);
        const [x, y] = rest.map((rest, axis) => pushOf(pad.axes[axis], rest));
        // An unknown device whose axes never rest is a throttle or a tablet: it would steer by itself.
        const isCentred = pad.axes.slice(0, 2)
          .every((axis) => pushOf(axis, 0) === 0);
        if (pad.mapping === "standard" || isCentred) rested.add(at);
        const stick = (along === "x" ? x : y) ?? 0;
        const push = crossOf(pad, along) || (rested.has(at) ? stick : 0);
        if (Math.abs(push) > Math.abs(strongest)) strongest = push;
      });
      return strongest;
    },
  };
}

/** A browser's gamepads, by place; some give them only to pages over HTTPS or from this machine. */
export interface PadSource {
  getGamepads?(): Iterable<Pad | null>;
}

/** Returns the gamepads there are; none where the browser doesn't let this page have them. */
export function readPads(source: PadSource): readonly (Pad | null)[] {
  try {
    return Array.from(source.getGamepads?.() ?? []);
  } catch {
    return []; // A policy forbids it. All other devices still work.
  }
}

/** Returns where an axis rests that was thought to rest somewhere, and is now here. */
function restAfter(rest: number, axis: number): number {
  const hasMoved = Math.abs(axis - rest) >= DEAD_ZONE;
  return hasMoved && Math.abs(rest) > REST_MAX ? 0 : rest;
}

/** Near where it rests a stick counts for nothing, and elsewhere by how far its middle is. */
function pushOf(axis: number, rest: number): number {
  if (!Number.isFinite(axis) || Math.abs(axis - rest) < DEAD_ZONE) return 0;
  const bent = (Math.abs(axis) - DEAD_ZONE) / (1 - DEAD_ZONE);
  return bent <= 0 ? 0 : Math.sign(axis) * Math.min(bent, 1);
}

function crossOf({ mapping, buttons }: Pad, along: "x" | "y"): number {
  if (mapping !== "standard") return 0;
  const [back, forth] = BUTTONS[along];
  const isDown = (button: number) => buttons[button]?.pressed ? 1 : 0;
  return isDown(forth) - isDown(back);
}

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
/** Of a standard gamepad's cross. */
const BUTTONS = { x: [14, 15], y: [12, 13] } as const;

/** Begins with no device known. */
export function createSticks(): Sticks {
  /** Places of devices that have been seen at rest. */
  const rested = new Set<number>();
  return {
    push(pads, along) {
      let strongest = 0;
      pads.forEach((pad, at) => {
        if (!pad) {
          rested.delete(at);
          return;
        }
        const x = pushOf(pad.axes[0]);
        const y = pushOf(pad.axes[1]);
        // An unknown device whose axes never rest is a throttle or a tablet: it would steer by itself.
        if (pad.mapping === "standard" || (x === 0 && y === 0)) rested.add(at);
        const stick = along === "x" ? x : y;
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

function pushOf(axis: number | undefined): number {
  if (axis === undefined || !Number.isFinite(axis)) return 0;
  const bent = (Math.abs(axis) - DEAD_ZONE) / (1 - DEAD_ZONE);
  return bent <= 0 ? 0 : Math.sign(axis) * Math.min(bent, 1);
}

function crossOf({ mapping, buttons }: Pad, along: "x" | "y"): number {
  if (mapping !== "standard") return 0;
  const [back, forth] = BUTTONS[along];
  const isDown = (button: number) => buttons[button]?.pressed ? 1 : 0;
  return isDown(forth) - isDown(back);
}

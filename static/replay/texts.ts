/**
 * Every word of the bar under a replay.
 *
 * @module
 */
import { TICKS_PER_SECOND } from "../../game/court.ts";
import type { ReplayMark } from "../../net/page/protocol.ts";

export const REPLAY_TEXTS = {
  title: "Replay",
  play: "Play",
  pause: "Pause",
  playHint: "Space",
  back: "−1 tick",
  backHint: "One tick back (,)",
  forward: "+1 tick",
  forwardHint: "One tick forward (.)",
  timeLine: "Time line",
  speed: "Speed",
  marks: "Goals, drops and returns",
  somebody: "a player",
  incomplete: "This recording is incomplete.",
  unfinished: "This recording breaks off before the end of the match.",
} as const;

/** Returns how long after the first tick a tick is, as "1:23.4". */
export function timeText(tick: number, firstTick: number): string {
  const tenths = Math.floor(
    Math.max(0, tick - firstTick) * 10 / TICKS_PER_SECOND,
  );
  const seconds = Math.floor(tenths / 10);
  const inMinute = String(seconds % 60).padStart(2, "0");
  return `${Math.floor(seconds / 60)}:${inMinute}.${tenths % 10}`;
}

/** "1:23.4 / 10:00.0" */
export function timeOfText(shown: string, whole: string): string {
  return `${shown} / ${whole}`;
}

/** What a screen reader says of the time line: "1:23.4 of 10:00.0". */
export function timeSpoken(shown: string, whole: string): string {
  return `${shown} of ${whole}`;
}

export function tickText(tick: number): string {
  return `Tick ${tick}`;
}

/** "1/10", "4×" */
export function speedText(speed: number): string {
  return speed < 1 ? `1/${Math.round(1 / speed)}` : `${speed}×`;
}

/** "1:23.4: goal against Mia" */
export function markText(
  kind: ReplayMark["kind"],
  { name, time }: { readonly name: string; readonly time: string },
): string {
  switch (kind) {
    case "goal":
      return `${time}: goal against ${name}`;
    case "dropped":
      return `${time}: ${name} was dropped`;
    case "returned":
      return `${time}: ${name} came back`;
  }
}

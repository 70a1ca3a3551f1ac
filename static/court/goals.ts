/**
 * Goals, found by comparing confirmed scores.
 *
 * @module
 */
import { TICKS_PER_SECOND } from "../../game/court.ts";
import type { View } from "../../net/page/protocol.ts";

/** Slots that have conceded a goal between two views of one match. */
export function concededSlots(
  before: View | undefined,
  view: View,
): readonly number[] {
  if (before === undefined || !goesOn(before, view)) return [];
  const gained = (slot: number) => scoreOf(view, slot) - scoreOf(before, slot);
  const slots = view.players.map((player) => player.slot);
  return view.rules.players === 2
    ? slots.filter((slot) => gained(1 - slot) > 0)
    : slots.filter((slot) => gained(slot) < 0);
}

/** Whether the later view shows how the match went on, rather than what had gone before. */
export function goesOn(before: View, view: View): boolean {
  // Who comes later gets the whole score at once: these goals are not new.
  if (before.match !== view.match || before.phase === "syncing") return false;
  if (before.replay === null || view.replay === null) return true;
  const ticks = view.replay.tick - before.replay.tick;
  // Views come four times a second: in a second, a recording that only runs gets no further.
  const most = TICKS_PER_SECOND * Math.max(1, view.replay.speed);
  return ticks >= 0 && ticks <= most;
}

function scoreOf(view: View, slot: number): number {
  return view.players.find((player) => player.slot === slot)?.score ?? 0;
}

/**
 * Goals, found by comparing confirmed scores.
 *
 * @module
 */
import type { View } from "../net/page_protocol.ts";

/** Slots that have conceded a goal between two views of one match. */
export function concededSlots(
  before: View | undefined,
  view: View,
): readonly number[] {
  if (before === undefined || before.match !== view.match) return [];
  const gained = (slot: number) => scoreOf(view, slot) - scoreOf(before, slot);
  const slots = view.players.map((player) => player.slot);
  return view.rules.players === 2
    ? slots.filter((slot) => gained(1 - slot) > 0)
    : slots.filter((slot) => gained(slot) < 0);
}

function scoreOf(view: View, slot: number): number {
  return view.players.find((player) => player.slot === slot)?.score ?? 0;
}

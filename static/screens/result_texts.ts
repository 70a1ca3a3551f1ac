/**
 * The words of a result: what was remarkable, and whether there is a rematch.
 *
 * @module
 */
import { courtSize, TICKS_PER_SECOND, UNIT } from "../../game/court.ts";
import type { RematchView, Statistics, View } from "../../net/page/protocol.ts";
import { namesOf } from "./texts.ts";

/** One thing worth telling: "Longest rally", "23 hits", and perhaps what that means. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly detail: string;
}

export function factsOf(
  { rules, statistics }: View,
): readonly Fact[] {
  if (statistics === null || statistics.playedTicks === 0) return [];
  return [
    {
      name: "Longest rally",
      value: counted(statistics.longestRallyHits, "hit"),
      detail: `in ${durationText(statistics.playedTicks)} of play`,
    },
    {
      name: "Fastest ball",
      value: `${Math.round(statistics.fastestBall)} units/s`,
      detail: crossingText(statistics, rules.players),
    },
    {
      name: "Rollbacks",
      value: String(statistics.rollbacks),
      detail: `${counted(statistics.resimulatedTicks, "tick")} played again`,
    },
  ];
}

/** "across the court in 1.1 s": what a speed means to who doesn't know how long a unit is. */
function crossingText({ fastestBall }: Statistics, players: number): string {
  if (fastestBall <= 0) return "";
  const seconds = courtSize(players).width / UNIT / fastestBall;
  return `across the court in ${seconds.toFixed(1)} s`;
}

/** "3 min 12 s". */
function durationText(ticks: number): string {
  const seconds = Math.round(ticks / TICKS_PER_SECOND);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}

function counted(count: number, unit: string): string {
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}

/** Why there can't be a rematch, or who wants one, or for whom it waits; empty where nobody asked. */
export function rematchText(view: View, rematch: RematchView): string {
  const { wanted, gone, isLobbyGone } = rematch;
  if (isLobbyGone) return "No rematch: the lobby can't be reached.";
  if (gone.length > 0) {
    const verb = gone.length === 1 ? "has" : "have";
    return `No rematch: ${namesOf(view, gone)} ${verb} left.`;
  }
  if (wanted.includes(view.me)) {
    const missing = view.players.map((player) => player.slot)
      .filter((slot) => !wanted.includes(slot));
    return missing.length === 0
      ? "The rematch begins."
      : `Waiting for ${namesOf(view, missing)}.`;
  }
  if (wanted.length === 0) return "";
  const verb = wanted.length === 1 ? "wants" : "want";
  return `${namesOf(view, wanted)} ${verb} a rematch.`;
}

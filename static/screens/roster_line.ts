/**
 * Puts a line of a list of players into the page.
 *
 * @module
 */
import type { View } from "../../net/page/protocol.ts";
import { child } from "../html/elements.ts";
import { showBadges } from "./badges.ts";
import type { RosterLine } from "./roster.ts";
import { TEXTS } from "./texts.ts";

/** Adds a player, or a free seat, to a list; returns the line. */
export function showRosterLine(
  roster: HTMLElement,
  view: View | undefined,
  { slot, player, value }: RosterLine,
): HTMLElement {
  const line = child(roster, "li", "");
  line.dataset.slot = String(slot);
  if (player !== null) line.dataset.look = String(player.look);
  line.toggleAttribute("data-free", player === null);
  child(line, "span", "mark");
  const name = child(line, "span", "name");
  name.dir = "auto";
  name.textContent = player?.name ?? TEXTS.freeSeat;
  if (view !== undefined && player !== null) {
    showBadges(child(line, "span", "badges"), view, player);
  }
  if (value !== "") child(line, "span", "value").textContent = value;
  return line;
}

/**
 * Puts badges into the page: a player's state and more, each in a word or two.
 *
 * @module
 */
import type { PlayerView, View } from "../../net/page/protocol.ts";
import { child } from "../html/elements.ts";
import { badgesOf } from "./texts.ts";

/** Shows a player's badges; the same ones are left alone. */
export function showBadges(
  root: HTMLElement,
  view: View,
  player: PlayerView,
): void {
  const badges = badgesOf(view, player);
  const key = badges.map((badge) => badge.text).join(" ");
  if (root.dataset.key === key) return;
  root.dataset.key = key;
  root.replaceChildren();
  for (const { text, tone } of badges) {
    const badge = child(root, "span", "badge");
    badge.dataset.tone = tone;
    badge.textContent = text;
  }
}

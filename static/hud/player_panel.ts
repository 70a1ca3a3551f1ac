/**
 * A player's panel beside the court: mark, name, score, link and badges.
 *
 * @module
 */
import type { PlayerView, View } from "../../net/page/protocol.ts";
import { sideOnScreen, type Turn } from "../court/turn.ts";
import { child, setData, setText } from "../html/elements.ts";
import { showBadges } from "../screens/badges.ts";
import { isOut, rttText } from "../screens/texts.ts";

/** Round-trip time from which a link is no longer good: prediction starts to show. */
const UNSURE_RTT_MS = 150;

/** Shows the player of a slot, or nobody. */
export type ShowPlayer = (
  view: View | undefined,
  slot: number,
  turn: Turn,
) => void;

export function createPlayerPanel(root: HTMLElement): ShowPlayer {
  const about = child(root, "div", "about");
  const line = child(about, "div", "who-line");
  child(line, "span", "mark");
  const name = child(line, "span", "name");
  name.dir = "auto";
  const link = child(about, "div", "link");
  const bars = child(link, "span", "bars");
  bars.role = "img";
  for (let i = 0; i < 3; i++) child(bars, "i", "");
  const rtt = child(link, "span", "rtt");
  const badges = child(link, "span", "badges");
  const score = child(root, "div", "score");

  return (view, slot, turn) => {
    const player = view?.players.find((other) => other.slot === slot);
    root.hidden = player === undefined;
    if (view === undefined || player === undefined) return;
    setData(root, "side", String(sideOnScreen(slot, turn)));
    setData(root, "look", String(player.look));
    setText(name, player.name);
    showBadges(badges, view, player);
    root.toggleAttribute("data-out", isOut(view, player));
    setText(score, String(player.score));
    const isDuel = view.rules.players === 2;
    setData(score, "unit", isDuel ? "" : player.score === 1 ? "life" : "lives");
    // Nothing is measured to oneself, nor in a replay.
    bars.hidden = slot === view.me || view.role === "replay";
    const level = linkLevel(player);
    setData(bars, "level", String(level));
    bars.ariaLabel = ["No link", "Bad link", "Unsure link", "Good link"][level];
    rtt.hidden = bars.hidden || level === 0 || player.rttMs === null;
    setText(rtt, rttText(player));
  };
}

/** Bars of the link: 3 good, 2 unsure, 1 bad, 0 none. */
function linkLevel(player: PlayerView): 0 | 1 | 2 | 3 {
  switch (player.state) {
    case "waiting":
    case "left":
    case "away":
      return 0;
    case "suspect":
      return 1;
    case "unstable":
      return 2;
    case "ready":
    case "ok":
      return (player.rttMs ?? 0) < UNSURE_RTT_MS ? 3 : 2;
  }
}

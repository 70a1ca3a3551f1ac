/**
 * Views for tests of what the page says: a duel of Ada, who looks at the page, and Mia.
 *
 * @module
 */
import type { PlayerView, View } from "../../net/page/protocol.ts";
import { VIEW } from "./page_client.ts";

const NAMES = ["Ada", "Mia", "Bo", "Zoë"];

export function playerView(
  slot: number,
  changes: Partial<PlayerView> = {},
): PlayerView {
  return {
    slot,
    id: `p${slot}`,
    name: NAMES[slot],
    look: slot,
    isBot: false,
    isLocalBot: false,
    score: 0,
    state: "ok",
    rttMs: null,
    jitterMs: null,
    awaySeconds: null,
    ...changes,
  };
}

export function view(changes: Partial<View>): View {
  return {
    ...VIEW,
    phase: "playing",
    match: "m",
    players: [playerView(0), playerView(1)],
    ...changes,
  };
}

/**
 * The words of the room, where players meet before a match.
 *
 * @module
 */
import type {
  OtherRoomView,
  PlayerView,
  View,
} from "../../net/page/protocol.ts";
import { audienceText, livesText } from "./texts.ts";

export const ROOM_TEXTS = {
  room: "Your room",
  playersHere: "Players here",
  addBot: "Add a bot",
  ready: "Ready",
  notReady: "Not ready",
  scan: "Scan to play on your phone.",
  others: "Nobody yet. Others wait here:",
  join: "Join",
  noPhones: "Start pong with --lan, and phones on this network can play too.",
} as const;

/** What the room waits for. */
export function roomStatus(view: View): string {
  const { players, secondsLeft, rules } = view;
  const free = rules.players - players.length;
  if (secondsLeft !== null) {
    const left = `${Math.ceil(secondsLeft)} s`;
    return `Starts in ${left} without those who are not ready.`;
  }
  if (free > 0) {
    return free === 1
      ? "One seat is free. Share the code, or add a bot."
      : `${free} seats are free. Share the code, or add bots.`;
  }
  return "Starts when everybody is ready.";
}

export function removeBotText({ name }: PlayerView): string {
  return `Remove ${name}`;
}

/** What is played in another room, and how many are there. */
export function otherRoomText(
  { rules: { players, points, lives }, present }: OtherRoomView,
): string {
  const goal = players === 2
    ? `to ${points} points`
    : `${livesText(lives)} each`;
  return `${present} of ${players} players, ${goal}`;
}

/** What else there is to say: how many watch, what troubles the lobby. */
export function roomDetail(view: View): string {
  const audience = audienceText(view);
  const sentence = audience === "" ? "" : `${audience}.`;
  return [sentence, view.notice].filter(Boolean).join(" ");
}

/**
 * Every sentence that the page shows, in one place.
 *
 * They speak to the player, say what is going on and what one can do, and never shout.
 *
 * @module
 */
import type { EndReason, PlayerView, View } from "../net/page_protocol.ts";

export const TEXTS = {
  connecting: "Connecting to the game.",
  gone: "The game's process has ended.",
  goneWhatNow: "Start pong play again.",
  refused: "This page may not join the game.",
  refusedWhatNow: "Open the whole address that pong play printed.",
  noDrawing:
    "This browser can't draw the court: WebGL is off. Turn on hardware acceleration, or open the page in another browser.",
  slowDrawing:
    "WebGL is off in this browser, so the court is drawn the slow way. Hardware acceleration makes it smooth.",
  room: "Your room",
  playersHere: "Players here",
  invite: "Friends join by typing this on their machine.",
  copy: "Copy",
  copied: "Copied",
  freeSeat: "Free seat",
  you: "you",
  almostThere: "Everybody is here. The match begins.",
  syncing: "It begins when all of you hear each other.",
  paused: "The match is paused.",
  gameOver: "The match is over.",
  again: "Start pong play again for another match.",
  keysUpDown: "Move with W and S, or the arrow keys.",
  keysLeftRight: "Move with A and D, or the arrow keys.",
} as const;

/** A player's state in a word, and how much it should alarm. */
export interface Badge {
  readonly text: string;
  readonly tone: "plain" | "unsure" | "bad";
}

/** "Ada", "Ada and Mia", "Ada, Mia and Bo". */
export function nameList(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

/** "Waiting for Mia. 14 s left." */
export function waitingText(view: View): string {
  const names = view.waitingFor.map((slot) => nameOf(view, slot));
  if (names.length === 0) return "";
  const left = view.secondsLeft === null
    ? ""
    : ` ${Math.ceil(view.secondsLeft)} s left.`;
  return `Waiting for ${nameList(names)}.${left}`;
}

export function badgesOf(view: View, player: PlayerView): readonly Badge[] {
  const badges: Badge[] = [];
  if (player.slot === view.me) badges.push({ text: TEXTS.you, tone: "plain" });
  const state = stateBadge(view, player);
  if (state !== undefined) badges.push(state);
  return badges;
}

function stateBadge(view: View, player: PlayerView): Badge | undefined {
  switch (player.state) {
    case "waiting":
      // In the lobby everybody is, so it would say nothing.
      return view.phase === "lobby"
        ? undefined
        : { text: "waiting", tone: "plain" };
    case "ready":
      return view.phase === "playing"
        ? undefined
        : { text: "ready", tone: "plain" };
    case "unstable":
      return { text: "unstable", tone: "unsure" };
    case "suspect":
      return { text: "silent", tone: "bad" };
    case "away":
      return { text: "away", tone: "bad" };
    case "left":
      return { text: "left", tone: "bad" };
    case "ok":
      return isOut(view, player) ? { text: "out", tone: "plain" } : undefined;
  }
}

/** Whether the player has lost all lives. */
export function isOut(view: View, player: PlayerView): boolean {
  return view.rules.players > 2 && player.score <= 0 &&
    view.phase !== "lobby" && view.phase !== "syncing";
}

/** One sentence about what troubles the match, or nothing. */
export function noticeText(view: View): string {
  if (view.notice !== "") return view.notice;
  if (view.phase !== "playing") return "";
  const away = namesIn(view, "suspect");
  if (away !== "") return `No news from ${away}.`;
  const unstable = namesIn(view, "unstable");
  return unstable === "" ? "" : `The link to ${unstable} is unstable.`;
}

function namesIn(view: View, state: PlayerView["state"]): string {
  return nameList(
    view.players.filter((player) => player.state === state)
      .map((player) => player.name),
  );
}

export function hintText(view: View): string {
  const keys = view.me < 2 ? TEXTS.keysUpDown : TEXTS.keysLeftRight;
  return `${keys} ${goalText(view)}`;
}

function goalText({ rules }: View): string {
  return rules.players === 2
    ? `First to ${rules.points} wins.`
    : "The last one with lives left wins.";
}

/** "You win.", "Mia wins.", or that the match is over. */
export function resultText(view: View): string {
  if (view.winner === null) return TEXTS.gameOver;
  if (view.winner === view.me) return "You win.";
  return `${nameOf(view, view.winner)} wins.`;
}

/** Why the match is over, in words; empty where the result says it all. */
export function reasonText(reason: EndReason | null): string {
  switch (reason) {
    case null:
    case "finished":
      return "";
    case "walkover":
      return "Everybody else is gone.";
    case "connection lost":
      return "The connection between the players was lost.";
    case "player left":
      return "A player left the match.";
    case "not ready":
      return "Not everybody became ready in time.";
    case "desync":
      return "The computers disagreed about the match, so it was stopped. This is a fault of the game.";
    case "refused":
      return "You could not join this match.";
  }
}

/** What a change of confirmed scores means: "Mia scores. 3 to 2." Empty where nothing changed. */
export function scoreText(before: View, view: View): string {
  if (before.match !== view.match) return "";
  const changed = view.players.find((player) => {
    const old = before.players.find((other) => other.slot === player.slot);
    return old !== undefined && old.score !== player.score;
  });
  if (changed === undefined) return "";
  if (view.rules.players === 2) {
    const scores = view.players.map((player) => player.score).join(" to ");
    return `${changed.name} scores. ${scores}.`;
  }
  return `${changed.name} has ${livesText(changed.score)} left.`;
}

export function livesText(lives: number): string {
  return lives === 1 ? "1 life" : `${lives} lives`;
}

export function nameOf(view: View, slot: number): string {
  const player = view.players.find((other) => other.slot === slot);
  return player?.name ?? "a player";
}

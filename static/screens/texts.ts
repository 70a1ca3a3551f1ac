/**
 * Every sentence of the court and what lies over it; the other screens have files of their own.
 *
 * They speak to the player, say what is going on and what one can do, and never shout.
 *
 * @module
 */
import type { PlayerView, Role, View } from "../../net/page/protocol.ts";
import { goesOn } from "../court/goals.ts";
import { sideOnScreen, type Turn } from "../court/turn.ts";

export const TEXTS = {
  connecting: "Connecting to the game.",
  gone: "The game's process has ended.",
  goneWhatNow: "Start pong again.",
  refused: "This page may not join the game.",
  refusedWhatNow: "Open the whole address that pong play printed.",
  noDrawing:
    "This browser can't draw the court: WebGL is off. Turn on hardware acceleration, or open the page in another browser.",
  slowDrawing:
    "WebGL is off in this browser, so drawing is slow. Hardware acceleration makes it smooth.",
  copy: "Copy",
  copied: "Copied",
  copyFailed: "Select it",
  you: "you",
  bot: "bot",
  freeSeat: "Free seat",
  almostThere: "Everybody is here. The match begins.",
  syncing: "It begins when all of you hear each other.",
  paused: "The match is paused.",
  gameOver: "The match is over.",
  again: "Start pong again for another match.",
  watching: "watching",
  replay: "replay",
  drag: "Drag to move.",
} as const;

/** A player's state in a word, and how much it should alarm. */
export interface Badge {
  readonly text: string;
  readonly tone: "plain" | "good" | "unsure" | "bad";
}

/** "Ada", "Ada and Mia", "Ada, Mia and Bo". */
function nameList(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

/** The names of those slots, as a list. */
export function namesOf(view: View, slots: readonly number[]): string {
  return nameList(slots.map((slot) => nameOf(view, slot)));
}

/** "Waiting for Mia. 14 s left." */
export function waitingText(view: View): string {
  if (view.waitingFor.length === 0) return "";
  const left = view.secondsLeft === null
    ? ""
    : ` ${Math.ceil(view.secondsLeft)} s left.`;
  return `Waiting for ${namesOf(view, view.waitingFor)}.${left}`;
}

export function badgesOf(view: View, player: PlayerView): readonly Badge[] {
  const badges: Badge[] = [];
  if (player.slot === view.me) badges.push({ text: TEXTS.you, tone: "plain" });
  if (player.isBot) badges.push({ text: TEXTS.bot, tone: "plain" });
  const state = stateBadge(view, player);
  if (state !== undefined) badges.push(state);
  return badges;
}

function stateBadge(view: View, player: PlayerView): Badge | undefined {
  const isInRoom = view.phase === "lobby";
  switch (player.state) {
    case "waiting":
      return { text: isInRoom ? "not ready" : "waiting", tone: "plain" };
    case "ready":
      return view.phase === "playing"
        ? undefined
        : { text: "ready", tone: isInRoom ? "good" : "plain" };
    case "unstable":
      return { text: "unstable", tone: "unsure" };
    case "suspect":
      return { text: "silent", tone: "bad" };
    case "away":
      return { text: awayText(player), tone: "bad" };
    case "left":
      return { text: "left", tone: "bad" };
    case "ok":
      return isOut(view, player) ? { text: "out", tone: "plain" } : undefined;
  }
}

function awayText({ awaySeconds }: PlayerView): string {
  return awaySeconds === null ? "away" : `away ${awaySeconds} s`;
}

/** The measured round trip, in a room the lobby's: "12 ms"; empty where unknown. */
export function rttText({ rttMs }: PlayerView): string {
  return rttMs === null ? "" : `${Math.round(rttMs)} ms`;
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

/** How one plays at this page. */
export interface HintOptions {
  readonly turn: Turn;
  /** With a finger rather than with keys. */
  readonly isTouched: boolean;
  /** What to call a key. */
  readonly keyName: (code: string) => string;
}

/** How to move and to win. */
export function hintText(view: View, options: HintOptions): string {
  switch (view.role) {
    case "player": {
      const how = options.isTouched ? TEXTS.drag : keysText(view, options);
      return `${how} ${goalText(view)}`;
    }
    case "watcher":
      return goalText(view);
    case "replay":
      return "";
  }
}

/** What one is here if not a player; empty for players. */
export function roleText(role: Role): string {
  switch (role) {
    case "player":
      return "";
    case "watcher":
      return TEXTS.watching;
    case "replay":
      return TEXTS.replay;
  }
}

function keysText(view: View, { turn, keyName }: HintOptions): string {
  const { me, preferences: { keys } } = view;
  const isUpDown = me < 0 || sideOnScreen(me, turn) < 2;
  const [less, more] = isUpDown
    ? [keys.up, keys.down]
    : [keys.left, keys.right];
  return `Move with ${keyName(less)} and ${keyName(more)}, or the arrow keys.`;
}

function goalText({ rules }: View): string {
  return rules.players === 2
    ? `First to ${rules.points} wins.`
    : "The last one with lives left wins.";
}

/** "2 watching"; empty where nobody does. */
export function audienceText({ watchers }: View): string {
  return watchers === 0 ? "" : `${watchers} watching`;
}

/** What a screen reader says of the court. */
export function courtLabel(view: View | undefined): string {
  if (view === undefined || view.players.length === 0) return "Court";
  const scores = view.players.map(({ name, score }) =>
    `${name} ${view.rules.players === 2 ? score : livesText(score)}`
  );
  return `Court. ${scores.join(", ")}.`;
}

/** "You win.", "Mia wins.", or that the match is over. */
export function resultText(view: View): string {
  if (view.winner === null) return TEXTS.gameOver;
  if (view.winner === view.me) return "You win.";
  return `${nameOf(view, view.winner)} wins.`;
}

/** Why the match is over, in words; empty where the result says it all. */
export function reasonText(reason: View["reason"]): string {
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
  if (!goesOn(before, view)) return "";
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

/** What has become of a player between two views: "Mia is away." Empty where nothing has. */
export function playerText(before: View, view: View): string {
  for (const player of view.players) {
    const old = before.players.find((other) => other.slot === player.slot);
    if (old === undefined) return `${player.name} is here.`;
    if (old.state !== player.state) {
      if (player.state === "away") return `${player.name} is away.`;
      if (player.state === "left") return `${player.name} left.`;
      if (old.state === "away") return `${player.name} is back.`;
      if (view.phase === "lobby" && player.state === "ready") {
        return `${player.name} is ready.`;
      }
    }
  }
  return "";
}

export function livesText(lives: number): string {
  return lives === 1 ? "1 life" : `${lives} lives`;
}

function nameOf(view: View, slot: number): string {
  const player = view.players.find((other) => other.slot === slot);
  return player?.name ?? "a player";
}

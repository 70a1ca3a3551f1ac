/**
 * Everything on the page but the court: players' cards, the card over the court, notices.
 *
 * Names come from other machines, so text gets into the page as text only, never as markup.
 *
 * @module
 */
import type { PlayerView, View } from "../net/page_protocol.ts";
import { type Card, cardFor, type RosterLine } from "./card.ts";
import type { Link } from "./connection.ts";
import { chooseLayout } from "./layout.ts";
import {
  type Badge,
  badgesOf,
  hintText,
  isOut,
  noticeText,
  scoreText,
  TEXTS,
} from "./texts.ts";

/** Round-trip time from which a link is no longer good: prediction starts to show. */
const UNSURE_RTT_MS = 150;
/** How long the copy button says that it has copied. */
const COPIED_MS = 2000;

export interface Hud {
  /** Shows what is known now; `view` is `undefined` before the first one came. */
  show(view: View | undefined, link: Link): void;
  /** A sentence about this browser, shown while nothing more urgent is. */
  warn(text: string): void;
}

/** Takes over the elements of `index.html`. */
export function createHud(document: Document): Hud {
  const table = element(document, "#table");
  const notice = element(document, "#notice");
  const hint = element(document, "#hint");
  const live = element(document, "#live");
  const card = createCard(document);
  const players = [...document.querySelectorAll<HTMLElement>(".player")]
    .map(createPlayer);
  let shown: View | undefined;
  let warning = "";

  const layOut = () => {
    const count = shown?.rules.players ?? 2;
    setData(table, "court", count === 2 ? "duel" : "square");
    const { kind, width, height } = chooseLayout(window, count);
    setData(table, "layout", kind);
    table.style.setProperty("--court-width", `${width}px`);
    table.style.setProperty("--court-height", `${height}px`);
  };
  globalThis.addEventListener("resize", layOut);
  layOut();

  return {
    warn(text) {
      warning = text;
    },
    show(view, link) {
      const before = shown;
      shown = view;
      layOut();
      setData(table, "phase", view?.phase ?? link);
      const cardNow = cardFor(view, link);
      card(view, cardNow);
      table.classList.toggle("dimmed", cardNow !== undefined);
      players.forEach((player, slot) => player(view, slot));
      const trouble = view === undefined ? "" : noticeText(view);
      const text = cardNow === undefined ? trouble || warning : warning;
      notice.hidden = text === "";
      setText(notice, text);
      setText(hint, view === undefined ? "" : hintText(view));
      if (view === undefined || before === undefined) return;
      const news = scoreText(before, view) ||
        (before.phase === view.phase ? "" : cardNow?.title ?? "");
      if (news !== "") setText(live, news);
    },
  };
}

type ShowPlayer = (view: View | undefined, slot: number) => void;

function createPlayer(root: HTMLElement): ShowPlayer {
  const who = child(root, "div", "about");
  const line = child(who, "div", "who");
  child(line, "span", "mark");
  const name = child(line, "span", "name");
  name.dir = "auto";
  const link = child(who, "div", "link");
  const bars = child(link, "span", "bars");
  bars.role = "img";
  for (let i = 0; i < 3; i++) child(bars, "i", "");
  const rtt = child(link, "span", "rtt");
  const badges = child(link, "span", "badges");
  const score = child(root, "div", "score");

  return (view, slot) => {
    const player = view?.players.find((other) => other.slot === slot);
    root.hidden = player === undefined;
    if (view === undefined || player === undefined) return;
    setText(name, player.name);
    showBadges(badges, badgesOf(view, player));
    root.toggleAttribute("data-out", isOut(view, player));
    setText(score, String(player.score));
    const isDuel = view.rules.players === 2;
    setData(score, "unit", isDuel ? "" : player.score === 1 ? "life" : "lives");
    const isMe = slot === view.me;
    bars.hidden = isMe;
    const level = linkLevel(player);
    setData(bars, "level", String(level));
    bars.ariaLabel = ["No link", "Bad link", "Unsure link", "Good link"][level];
    const isMeasured = !isMe && player.rttMs !== null;
    rtt.hidden = !isMeasured;
    setText(rtt, isMeasured ? `${Math.round(player.rttMs)} ms` : "");
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

function showBadges(root: HTMLElement, badges: readonly Badge[]): void {
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

type ShowCard = (view: View | undefined, card: Card | undefined) => void;

function createCard(document: Document): ShowCard {
  const root = element(document, "#card");
  const roster = element(root, ".roster");
  const command = element(root, ".command");
  const code = element(command, "code");
  const copy = element(command, "button");
  setText(copy, TEXTS.copy);
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent ?? "");
    setText(copy, TEXTS.copied);
    setTimeout(() => setText(copy, TEXTS.copy), COPIED_MS);
  });
  let shown = "";

  return (view, card) => {
    // Views come several times a second; what stays the same is left alone, and selectable.
    const key = JSON.stringify([card, view?.me]);
    if (key === shown) return;
    shown = key;
    root.hidden = card === undefined;
    if (card === undefined) return;
    setData(root, "kind", card.kind);
    setData(element(root, ".card-main"), "slot", String(card.slot));
    setText(element(root, ".eyebrow"), card.eyebrow);
    setText(element(root, ".hero"), card.hero);
    setText(element(root, "h1"), card.title);
    setText(element(root, ".text"), card.text);
    setText(element(root, ".detail"), card.detail);
    command.hidden = card.command === "";
    showCommand(code, card.command);
    roster.replaceChildren();
    for (const line of card.roster) showLine(roster, view, line);
  };
}

/** Word by word, so that a line never breaks at the hyphens of an option. */
function showCommand(code: HTMLElement, command: string): void {
  code.replaceChildren();
  for (const word of command.split(" ")) {
    if (code.hasChildNodes()) code.append(" ");
    child(code, "span", "").textContent = word;
  }
}

function showLine(
  roster: HTMLElement,
  view: View | undefined,
  { slot, player, value }: RosterLine,
): void {
  const line = child(roster, "li", "");
  line.dataset.slot = String(slot);
  line.toggleAttribute("data-free", player === null);
  child(line, "span", "mark");
  const name = child(line, "span", "name");
  name.dir = "auto";
  name.textContent = player?.name ?? TEXTS.freeSeat;
  if (view !== undefined && player !== null) {
    showBadges(child(line, "span", "badges"), badgesOf(view, player));
  }
  if (value !== "") child(line, "span", "value").textContent = value;
}

function element(root: ParentNode, selector: string): HTMLElement {
  const found = root.querySelector<HTMLElement>(selector);
  if (found === null) throw new TypeError(`The page lacks "${selector}".`);
  return found;
}

function child(
  parent: HTMLElement,
  tag: string,
  className: string,
): HTMLElement {
  const made = parent.ownerDocument.createElement(tag);
  if (className !== "") made.className = className;
  parent.append(made);
  return made;
}

/** Unchanged text is not written again: a screen reader would read it again. */
function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

function setData(target: HTMLElement, name: string, value: string): void {
  if (target.dataset[name] !== value) target.dataset[name] = value;
}

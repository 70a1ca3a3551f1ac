/**
 * The start screen: who one is, what to play, and where.
 *
 * It begins with what was chosen the last time, so that the usual match is one press away.
 *
 * @module
 */
import { SKILLS } from "../../game/bot.ts";
import type { JoinSettings, PageMessage } from "../../net/page/message.ts";
import type { StartView } from "../../net/page/protocol.ts";
import { element, setData, setText, showOptions } from "../html/elements.ts";
import { MODES, playText, START_CHOICES } from "./start_texts.ts";

/** Shows the start screen, or hides it where there is none. */
export type ShowStart = (start: StartView | null) => void;

/** Takes over `#start`. */
export function createStartScreen(
  document: Document,
  send: (message: PageMessage) => void,
): ShowStart {
  const form = element<HTMLFormElement>(document, "#start");
  const who = element<HTMLFieldSetElement>(form, ".start-who");
  const what = element<HTMLFieldSetElement>(form, ".start-what");
  const rules = element<HTMLFieldSetElement>(form, ".rules");
  const play = element<HTMLButtonElement>(form, '[data-testid="play"]');
  const problem = element(form, ".problem");
  for (const [name, options] of Object.entries(START_CHOICES)) {
    showOptions(element(form, `[data-of="${name}"]`), name, options);
  }
  /** As they were before this screen was shown; `undefined` while it isn't. */
  let before: JoinSettings | undefined;

  const adapt = () => {
    if (before === undefined) return;
    const settings = readSettings(form, before);
    setData(form, "look", String(settings.look));
    // The room that one joins has its rules already.
    rules.disabled = settings.mode === "room" && settings.room !== "";
    for (const part of form.querySelectorAll<HTMLElement>("[data-for]")) {
      part.hidden = !isAsked(part.dataset.for, settings);
      // What is hidden can't be put right, so it must not stop the form either.
      for (const input of part.querySelectorAll("input")) {
        input.disabled = part.hidden;
      }
    }
  };
  form.addEventListener("input", adapt);
  // A field that must be put right must be seen. This event doesn't bubble.
  form.addEventListener("invalid", () => openDetails(form), true);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (before === undefined) return;
    send({ kind: "join", settings: readSettings(form, before) });
  });

  return (start) => {
    form.hidden = start === null;
    if (start === null) {
      before = undefined;
      return;
    }
    if (before === undefined) {
      before = start.settings;
      fill(form, before);
      adapt();
    }
    who.disabled = start.isBusy;
    what.disabled = start.isBusy;
    play.disabled = start.isBusy;
    setText(play, playText(start.isBusy));
    setText(problem, start.problem);
  };
}

/** Whether a part of the form that is there for some choices only is there for these. */
function isAsked(
  part: string | undefined,
  { mode, players }: JoinSettings,
): boolean {
  switch (part) {
    case "bots":
    case "quick":
    case "room":
      return mode === part;
    case "lobby":
      return mode !== "bots";
    case "rules":
      return mode !== "quick";
    case "duel":
      return mode !== "quick" && players === 2;
    case "square":
      return mode !== "quick" && players > 2;
    default:
      throw new TypeError(`No choice is known as "${part}".`);
  }
}

function openDetails(form: HTMLFormElement): void {
  const details = element<HTMLDetailsElement>(form, "details");
  details.open ||= details.querySelector(":invalid") !== null;
}

function fill(form: HTMLFormElement, settings: JoinSettings): void {
  for (const [name, value] of Object.entries(settings)) {
    const field = form.elements.namedItem(name);
    // Radio buttons of one name form a list, whose value is that of the chosen one.
    if (field instanceof RadioNodeList || field instanceof HTMLInputElement) {
      field.value = String(value);
    }
  }
}

/** What the form says; as `before` where it says nothing sensible. */
function readSettings(
  form: HTMLFormElement,
  before: JoinSettings,
): JoinSettings {
  const text = (name: string) => {
    const field = form.elements.namedItem(name);
    const isField = field instanceof RadioNodeList ||
      field instanceof HTMLInputElement;
    return isField ? field.value.trim() : "";
  };
  const whole = (name: "look" | "players" | "points" | "lives" | "port") => {
    const value = text(name);
    return /^\d+$/.test(value) ? Number(value) : before[name];
  };
  const mode = MODES.find(({ value }) => value === text("mode"));
  const quick = [0, 2, 3, 4] as const;
  const skill = SKILLS.find((name) => name === text("skill"));
  return {
    name: text("name"),
    look: whole("look"),
    mode: mode?.value ?? before.mode,
    host: text("host"),
    port: whole("port"),
    room: text("room").toUpperCase(),
    players: whole("players"),
    quickPlayers: quick.find((count) => `${count}` === text("quickPlayers")) ??
      before.quickPlayers,
    points: whole("points"),
    lives: whole("lives"),
    skill: skill ?? before.skill,
  };
}

/**
 * Which card lies over the court, if any: everything but the game itself.
 *
 * @module
 */
import type { View } from "../../net/page/protocol.ts";
import type { LineState } from "../line/connection.ts";
import { ranking, type RosterLine, seats } from "./roster.ts";
import { reasonText, resultText, TEXTS, waitingText } from "./texts.ts";

/** What a card says; empty texts are left out. */
export interface Card {
  readonly kind: "problem" | "syncing" | "paused" | "over";
  readonly eyebrow: string;
  readonly hero: string;
  readonly title: string;
  readonly text: string;
  /** Whose colour the hero has, -1 for nobody's. */
  readonly look: number;
  readonly detail: string;
  readonly roster: readonly RosterLine[];
}

/** Whether nothing more will come: then only that is worth showing, or the result of the match. */
export function isLost(line: LineState): boolean {
  return line === "gone" || line === "refused";
}

/** Returns the card for what is known, `undefined` while the court should be free. */
export function cardFor(
  view: View | undefined,
  line: LineState,
): Card | undefined {
  if (line === "refused") {
    return problem(TEXTS.refused, TEXTS.refusedWhatNow);
  }
  if (line === "gone") {
    const gone = `${TEXTS.gone} ${TEXTS.goneWhatNow}`;
    // The process may end after the match; its result stays readable.
    if (view?.phase === "over") return { ...over(view), detail: gone };
    return problem(TEXTS.gone, TEXTS.goneWhatNow);
  }
  if (view === undefined) return problem(TEXTS.connecting, "");
  switch (view.phase) {
    case "start":
    case "lobby":
    case "playing":
      return undefined;
    case "syncing":
      return syncing(view);
    case "paused":
      return paused(view);
    case "over":
      return over(view);
  }
}

const EMPTY: Omit<Card, "kind"> = {
  eyebrow: "",
  hero: "",
  title: "",
  text: "",
  look: -1,
  detail: "",
  roster: [],
};

function problem(title: string, text: string): Card {
  return { ...EMPTY, kind: "problem", title, text };
}

function syncing(view: View): Card {
  const waiting = waitingText(view);
  return {
    ...EMPTY,
    kind: "syncing",
    title: waiting === "" ? TEXTS.almostThere : waiting,
    text: waiting === "" ? "" : TEXTS.syncing,
    detail: view.notice,
    roster: seats(view),
  };
}

function paused(view: View): Card {
  const waiting = waitingText(view);
  return {
    ...EMPTY,
    kind: "paused",
    title: waiting === "" ? TEXTS.paused : waiting,
    text: waiting === "" ? "" : TEXTS.paused,
    detail: view.notice,
  };
}

function over(view: View): Card {
  const isDuel = view.rules.players === 2;
  const isScored = view.players.length > 0 && view.reason !== "not ready" &&
    view.reason !== "refused";
  const winner = view.players.find(({ slot }) => slot === view.winner);
  const canGoOn = view.canLeave || view.rematch !== null ||
    view.role === "replay";
  return {
    ...EMPTY,
    kind: "over",
    hero: isDuel && isScored
      ? view.players.map(({ score }) => score).join(" : ")
      : "",
    title: resultText(view),
    look: winner?.look ?? -1,
    text: whyOver(view),
    detail: canGoOn ? "" : TEXTS.again,
    roster: isDuel || !isScored ? [] : ranking(view),
  };
}

/** Of those who were away for the end, nobody but they themselves was gone. */
function whyOver({ reason, notice }: View): string {
  if (reason === "walkover" && notice !== "") return notice;
  return [reasonText(reason), notice].filter(Boolean).join(" ");
}

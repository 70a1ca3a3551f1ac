/**
 * What the card says and offers beyond the result itself: a rematch, the recording, numbers.
 *
 * @module
 */
import type { PageMessage } from "../../net/page/message.ts";
import type { View } from "../../net/page/protocol.ts";
import { child, element, setText } from "../html/elements.ts";
import type { LineState } from "../line/connection.ts";
import { factsOf, rematchText } from "./result_texts.ts";

export interface ResultCardOptions {
  /** The page's address, whose token what is saved needs too. */
  readonly location: Location;
  readonly send: (message: PageMessage) => void;
}

/** Shows what follows a match, or nothing. */
export type ShowResult = (view: View | undefined, line: LineState) => void;

/** Takes over the lower part of `#card`. */
export function createResultCard(
  document: Document,
  { location, send }: ResultCardOptions,
): ShowResult {
  const root = element(document, "#card .result");
  const find = <E extends HTMLElement>(name: string) =>
    element<E>(root, `[data-testid="${name}"]`);
  const rematch = find<HTMLButtonElement>("rematch");
  const save = find<HTMLAnchorElement>("save-replay");
  const back = find("back-to-start");
  const wish = find("rematch-wish");
  const facts = find("statistics");
  save.href = `/replay${location.search}`;
  rematch.addEventListener("click", () => send({ kind: "rematch" }));
  back.addEventListener("click", () => send({ kind: "leave" }));
  let shown = "";

  return (view, line) => {
    if (view?.phase !== "over") {
      root.hidden = true;
      return;
    }
    // Without its process the page can't do any of it.
    const isThere = line === "open";
    const wanted = view.role === "player" && isThere ? view.rematch : null;
    rematch.hidden = wanted === null;
    rematch.disabled = wanted === null || !canAsk(view);
    setText(wish, wanted === null ? "" : rematchText(view, wanted));
    save.hidden = !isThere || !view.isRecorded;
    back.hidden = !isThere || !view.canLeave;
    back.classList.toggle("primary", wanted === null);

    const list = factsOf(view);
    const offers = [rematch, save, back];
    root.hidden = list.length === 0 && offers.every(({ hidden }) => hidden);
    const key = JSON.stringify(list);
    if (key === shown) return;
    shown = key;
    facts.replaceChildren();
    for (const { name, value, detail } of list) {
      const fact = child(facts, "div", "");
      child(fact, "dt", "").textContent = name;
      child(fact, "dd", "value").textContent = value;
      child(fact, "dd", "detail").textContent = detail;
    }
  };
}

/** Whether asking for a rematch can lead to one, and was not done yet. */
function canAsk({ me, rematch }: View): boolean {
  return rematch !== null && !rematch.isLobbyGone &&
    rematch.gone.length === 0 && !rematch.wanted.includes(me);
}

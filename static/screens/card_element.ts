/**
 * Puts the card over the court into the page.
 *
 * @module
 */
import type { View } from "../../net/page/protocol.ts";
import { element, setData, setText } from "../html/elements.ts";
import type { Card } from "./card.ts";
import { showRosterLine } from "./roster_line.ts";

/** Shows a card, or none. */
export type ShowCard = (view: View | undefined, card: Card | undefined) => void;

/** Takes over `#card`, all but its result. */
export function createCardElement(document: Document): ShowCard {
  const root = element(document, "#card");
  const main = element(root, ".card-main");
  const roster = element(root, ".roster");
  let shown = "";

  return (view, card) => {
    // Views come several times a second; what stays the same is left alone, and selectable.
    const key = JSON.stringify([card, view?.me]);
    if (key === shown) return;
    shown = key;
    root.hidden = card === undefined;
    if (card === undefined) return;
    setData(root, "kind", card.kind);
    setData(main, "look", String(card.look));
    setText(element(root, ".eyebrow"), card.eyebrow);
    setText(element(root, ".hero"), card.hero);
    setText(element(root, "h1"), card.title);
    setText(element(root, ".text"), card.text);
    setText(element(root, ".detail"), card.detail);
    roster.replaceChildren();
    for (const line of card.roster) showRosterLine(roster, view, line);
  };
}

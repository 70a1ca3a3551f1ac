/**
 * The room, where players meet before a match: its code, its seats, and who is ready.
 *
 * @module
 */
import type { PageMessage } from "../../net/page/message.ts";
import type { View } from "../../net/page/protocol.ts";
import { addButton, child, element, setText } from "../html/elements.ts";
import { createCommand } from "./command.ts";
import {
  otherRoomText,
  removeBotText,
  ROOM_TEXTS,
  roomDetail,
  roomStatus,
} from "./room_texts.ts";
import { type RosterLine, seats } from "./roster.ts";
import { showRosterLine } from "./roster_line.ts";
import { rttText } from "./texts.ts";

export interface RoomScreenOptions {
  /** The page's address, whose token the picture for phones needs too. */
  readonly location: Location;
  readonly send: (message: PageMessage) => void;
}

/** Shows the room of a view, or hides it where there is none. */
export type ShowRoom = (view: View | undefined) => void;

/** Takes over `#room`. */
export function createRoomScreen(
  document: Document,
  { location, send }: RoomScreenOptions,
): ShowRoom {
  const root = element(document, "#room");
  const find = (name: string) => element(root, `[data-testid="${name}"]`);
  const ready = find("ready");
  const leave = find("leave-room");
  const roster = find("seats");
  const invite = element(root, ".invite");
  const showCommand = createCommand(element(invite, ".command"));
  const showPhone = createPhone(find("phone"), location);
  let isReady = false;
  ready.addEventListener(
    "click",
    () => send({ kind: "ready", isReady: !isReady }),
  );
  leave.addEventListener("click", () => send({ kind: "leave" }));

  let shown = "";
  const showSeats = (view: View) => {
    const lines = seats(view);
    // Views come several times a second; a button that has the focus must stay the same one.
    const key = JSON.stringify([lines, view.me, view.role]);
    if (key === shown) return;
    shown = key;
    const focused = root.ownerDocument.activeElement;
    const again = focused instanceof HTMLElement && roster.contains(focused)
      ? focused.dataset.testid
      : undefined;
    roster.replaceChildren();
    for (const line of lines) showSeat(roster, { view, line, send });
    if (again !== undefined) {
      roster.querySelector<HTMLElement>(`[data-testid="${again}"]`)?.focus();
    }
  };

  const showOthers = createOtherRooms(find("other-rooms"), send);

  return (view) => {
    root.hidden = view === undefined;
    if (view === undefined) return;
    const own = view.players.find(({ slot }) => slot === view.me);
    isReady = own?.state === "ready";
    ready.hidden = own === undefined;
    ready.classList.toggle("primary", !isReady);
    setText(ready, isReady ? ROOM_TEXTS.notReady : ROOM_TEXTS.ready);
    leave.hidden = !view.canLeave;
    const hasCode = view.room !== "";
    setText(
      element(root, ".eyebrow"),
      hasCode ? ROOM_TEXTS.room : ROOM_TEXTS.playersHere,
    );
    const here = `${view.players.length} of ${view.rules.players}`;
    setText(find("code"), hasCode ? view.room : here);
    invite.hidden = view.invite === "";
    showCommand(view.invite);
    showPhone(view.phoneUrl);
    showSeats(view);
    showOthers(view.otherRooms);
    setText(element(root, ".detail"), roomDetail(view));
    setText(find("room-status"), roomStatus(view));
  };
}

interface SeatOptions {
  readonly view: View;
  readonly line: RosterLine;
  readonly send: (message: PageMessage) => void;
}

function showSeat(
  roster: HTMLElement,
  { view, line, send }: SeatOptions,
): void {
  const { slot, player } = line;
  const value = player === null ? "" : rttText(player);
  const item = showRosterLine(roster, view, { ...line, value });
  if (view.role !== "player") return;
  if (player === null) {
    addButton(item, {
      text: ROOM_TEXTS.addBot,
      testId: `add-bot-${slot}`,
      onClick: () => send({ kind: "addBot" }),
    }).className = "seat-button";
  } else if (player.isLocalBot) {
    const remove = addButton(item, {
      text: "×",
      testId: `remove-bot-${slot}`,
      onClick: () => send({ kind: "removeBot", slot }),
    });
    remove.className = "seat-button";
    remove.ariaLabel = remove.title = removeBotText(player);
  }
}

/** Returns how to show where else somebody could play who waits alone. */
function createOtherRooms(
  root: HTMLElement,
  send: RoomScreenOptions["send"],
): (rooms: View["otherRooms"]) => void {
  const list = element(root, "ul");
  let shown = "[]";
  return (rooms) => {
    const key = JSON.stringify(rooms);
    if (key === shown) return;
    shown = key;
    const hadFocus = list.contains(root.ownerDocument.activeElement);
    list.replaceChildren();
    for (const other of rooms) {
      const line = child(list, "li", "");
      const text = otherRoomText(other);
      child(line, "span", "").textContent = text;
      const join = addButton(line, {
        text: ROOM_TEXTS.join,
        testId: `join-${other.room}`,
        onClick: () => send({ kind: "move", room: other.room }),
      });
      join.className = "seat-button";
      join.ariaLabel = `${ROOM_TEXTS.join}: ${text}`;
    }
    // Read out before the list is; nothing is read where it stays the same.
    setText(element(root, "p"), rooms.length > 0 ? ROOM_TEXTS.others : "");
    if (hadFocus) list.querySelector("button")?.focus();
  };
}

/** Returns how to show the address for phones; where there is none, how one would get it. */
function createPhone(
  root: HTMLElement,
  location: Location,
): (url: string) => void {
  const picture = element<HTMLImageElement>(root, "img");
  const text = element(root, "p");
  const code = element(root, "code");
  let shown: string | undefined;
  return (url) => {
    if (url === shown) return;
    shown = url;
    picture.hidden = url === "";
    // Fetched only where there is one, and again when the address has changed.
    if (url !== "") picture.src = `/qr.svg${location.search}`;
    setText(text, url === "" ? ROOM_TEXTS.noPhones : ROOM_TEXTS.scan);
    setText(code, url);
    code.hidden = url === "";
  };
}

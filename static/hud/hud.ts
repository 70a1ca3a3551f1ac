/**
 * Everything on the page but the court: screens, players' panels, the card over the court, tools.
 *
 * @module
 */
import type { PageMessage } from "../../net/page/message.ts";
import type { View } from "../../net/page/protocol.ts";
import { type Turn, turnFor } from "../court/turn.ts";
import { createLeaveDialog } from "../html/dialogs.ts";
import { element, setData, setText } from "../html/elements.ts";
import { fillLabels } from "../html/labelling.ts";
import type { LineState } from "../line/connection.ts";
import { createPreferences } from "../line/preferences.ts";
import { cardFor, isLost } from "../screens/card.ts";
import { createCardElement } from "../screens/card_element.ts";
import { createResultCard } from "../screens/result_card.ts";
import { createRoomScreen } from "../screens/room_screen.ts";
import { createStartScreen } from "../screens/start_screen.ts";
import {
  audienceText,
  courtLabel,
  hintText,
  noticeText,
  playerText,
  roleText,
  scoreText,
} from "../screens/texts.ts";
import {
  type KeyLayout,
  keyName,
  readKeyLayout,
} from "../steering/key_names.ts";
import { chooseLayout } from "./layout.ts";
import { createPlayerPanel } from "./player_panel.ts";
import { createSettingsDialog } from "./settings_dialog.ts";
import { listenToShortcuts } from "./shortcut_keys.ts";
import type { Shortcut } from "./shortcuts.ts";
import { createToolbar } from "./toolbar.ts";

export interface HudOptions {
  readonly document: Document;
  /** Asks something of the process. */
  readonly send: (message: PageMessage) => void;
  /** The inspector is to open, or to close. */
  readonly onInspect: () => void;
}

export interface Hud {
  /** Shows what is known now; `view` is `undefined` before the first one came. */
  show(view: View | undefined, line: LineState): void;
  /** A sentence about this browser, shown while nothing more urgent is. */
  warn(text: string): void;
  /** How the court is turned on this page. */
  turn(): Turn;
}

/** Takes over the elements of `index.html`. */
export function createHud({ document, send, onInspect }: HudOptions): Hud {
  fillLabels(document);
  const table = element(document, "#table");
  const court = element(document, "#court");
  const notice = element(document, "#notice");
  const hint = element(document, "#hint");
  const role = element(document, "#role");
  const audience = element(document, "#audience");
  const title = element(document, "#title");
  const live = element(document, "#live");
  const fingers = matchMedia("(pointer: coarse)");
  const tall = matchMedia("(max-aspect-ratio: 4/5)");
  const players = [...document.querySelectorAll<HTMLElement>(".player")]
    .map(createPlayerPanel);
  const preferences = createPreferences(send);
  const showStart = createStartScreen(document, send);
  const showRoom = createRoomScreen(document, { location, send });
  const showCard = createCardElement(document);
  const showResult = createResultCard(document, { location, send });
  let view: View | undefined;
  let line: LineState = "connecting";
  let warning = "";
  let keyLayout: KeyLayout | undefined;

  const nameKey = (code: string) => keyName(code, keyLayout);
  const settings = createSettingsDialog(document, {
    preferences,
    keyName: nameKey,
    onChange: () => render(),
  });
  const askToLeave = createLeaveDialog(
    element(document, "#leaving"),
    () => send({ kind: "leave" }),
  );
  const mute = () => {
    preferences.change({ isMuted: !preferences.now()?.isMuted });
    render();
  };
  const toolbar = createToolbar(document, {
    onMute: mute,
    onInspect,
    onSettings: settings.open,
    onLeave: askToLeave,
  });
  const onShortcut = (shortcut: Shortcut) => {
    switch (shortcut) {
      case "mute":
        return mute();
      case "inspect":
        return onInspect();
      case "fullscreen":
        return toolbar.toggleFullscreen();
      case "settings":
        return settings.open();
    }
  };
  listenToShortcuts(document, {
    keys: () => preferences.now()?.keys,
    onShortcut,
  });

  const turn = () =>
    turnFor({
      me: view?.me ?? -1,
      players: view?.rules.players ?? 2,
      ownSide: preferences.now()?.ownSide ?? "auto",
      isTall: tall.matches,
    });

  const layOut = () => {
    showLayout(table, { players: view?.rules.players ?? 2, turn: turn() });
  };

  const render = () => {
    layOut();
    const isUsable = !isLost(line);
    const isStart = isUsable && view?.phase === "start";
    const isRoom = isUsable && view?.phase === "lobby";
    const card = cardFor(view, line);
    setData(table, "phase", view?.phase ?? line);
    table.classList.toggle("dimmed", card !== undefined);
    table.classList.toggle("behind", isStart || isRoom);
    title.hidden = isStart || isRoom || card !== undefined;
    showStart(isStart ? view?.start ?? null : null);
    showRoom(isRoom ? view : undefined);
    showCard(view, card);
    showResult(view, line);
    players.forEach((show, slot) => show(view, slot, turn()));
    toolbar.show(isUsable ? view : undefined, preferences.now());
    settings.show();
    court.ariaLabel = courtLabel(view);
    showFoot(card !== undefined);
  };

  const showFoot = (isCovered: boolean) => {
    const part = view === undefined ? "" : roleText(view.role);
    role.hidden = part === "";
    setText(role, part);
    setText(audience, view === undefined ? "" : audienceText(view));
    // A card says itself what the trouble is.
    const trouble = view === undefined || isCovered ? "" : noticeText(view);
    notice.hidden = trouble === "" && warning === "";
    setText(notice, trouble || warning);
    const options = {
      turn: turn(),
      isTouched: fingers.matches,
      keyName: nameKey,
    };
    setText(hint, view === undefined ? "" : hintText(view, options));
  };

  const announce = (before: View | undefined) => {
    if (view === undefined || before === undefined) return;
    const isNewPhase = before.phase !== view.phase;
    const news = [
      scoreText(before, view),
      playerText(before, view),
      isNewPhase ? cardFor(view, line)?.title ?? "" : "",
    ].filter(Boolean).join(" ");
    if (news !== "") setText(live, news);
  };

  new ResizeObserver(layOut).observe(table);
  layOut();
  void readKeyLayout(navigator).then((read) => keyLayout = read);

  return {
    turn,
    warn(text) {
      warning = text;
      render();
    },
    show(next, nextLine) {
      const before = view;
      view = next;
      line = nextLine;
      if (view !== undefined) preferences.take(view.preferences);
      render();
      announce(before);
    },
  };
}

/** Divides the table's space; the style sheets do the rest. */
function showLayout(
  table: HTMLElement,
  { players, turn }: { readonly players: number; readonly turn: Turn },
): void {
  const layout = chooseLayout({
    width: table.clientWidth,
    height: table.clientHeight,
    players,
    turn,
  });
  setData(table, "court", players === 2 ? "duel" : "square");
  setData(table, "shape", layout.shape);
  setData(table, "layout", layout.kind);
  setData(table, "size", layout.isSmall ? "small" : "large");
  const lengths = {
    "court-width": layout.width,
    "court-height": layout.height,
    gap: layout.gap,
    row: layout.row,
    foot: layout.foot,
  };
  for (const [name, length] of Object.entries(lengths)) {
    table.style.setProperty(`--${name}`, `${length}px`);
  }
}

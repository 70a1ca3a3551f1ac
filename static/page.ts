/**
 * The page: puts its parts together, and draws as often as the display asks for a picture.
 *
 * @module
 */
import { UNIT } from "../game/court.ts";
import { PLAYERS, type State, TICK } from "../game/state.ts";
import type { View } from "../net/page_protocol.ts";
import { connect, type Link } from "./connection.ts";
import { type CourtView, createCourtView } from "./court_view.ts";
import { concededSlots } from "./goals.ts";
import { createHud, type Hud } from "./hud.ts";
import { listenToKeys } from "./keyboard.ts";
import { createMotion, type Picture } from "./motion.ts";
import { TEXTS } from "./texts.ts";

/** How often the court's attributes are renewed, from which tests read positions. */
const ATTRIBUTES_EVERY_MS = 100;

async function startPage(court: HTMLElement): Promise<void> {
  const hud = createHud(document);
  const motion = createMotion();
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
  const courtView = await openCourtView(court, hud);
  let view: View | undefined;
  let state: State | undefined;
  let link: Link = "connecting";
  let attributesMs = -Infinity;

  const connection = connect({
    location,
    onLink(next) {
      link = next;
      hud.show(view, link);
    },
    onView(next) {
      const nowMs = performance.now();
      for (const slot of concededSlots(view, next)) {
        courtView?.flash(slot, nowMs);
      }
      view = next;
      motion.setOwn(view.me, view.inputDelayTicks);
      hud.show(view, link);
    },
    onState(next) {
      state = next;
      motion.receive(next, performance.now());
    },
  });

  listenToKeys(window, {
    slot: () => view?.me ?? -1,
    onAxis(axis) {
      motion.steer(axis, performance.now());
      connection.sendAxis(axis);
    },
  });

  const draw = () => {
    requestAnimationFrame(draw);
    const nowMs = performance.now();
    const picture = motion.picture(nowMs);
    courtView?.draw({
      players: state?.[PLAYERS] ?? view?.rules.players ?? 2,
      me: view?.me ?? -1,
      state,
      picture,
      nowMs,
      isReduced: reducedMotion.matches,
    });
    if (nowMs - attributesMs < ATTRIBUTES_EVERY_MS) return;
    attributesMs = nowMs;
    if (state !== undefined && picture !== undefined) {
      showAttributes(court, state, picture);
    }
  };
  draw();
}

/** Returns `undefined`, and says so on the page, where the browser can't draw. */
async function openCourtView(
  court: HTMLElement,
  hud: Hud,
): Promise<CourtView | undefined> {
  try {
    const courtView = await createCourtView(court);
    if (courtView.isSlow) hud.warn(TEXTS.slowDrawing);
    return courtView;
  } catch {
    // Whatever pixi.js says of it, the player can only do one thing about it.
    hud.warn(TEXTS.noDrawing);
    return undefined;
  }
}

/** `data-tick`, and in court units as drawn: `data-ball="x,y"`, `data-paddles="left,right,top,bottom"`. */
function showAttributes(
  court: HTMLElement,
  state: State,
  picture: Picture,
): void {
  const units = (subunits: number) => Math.round(subunits / UNIT);
  court.dataset.tick = String(state[TICK]);
  court.dataset.ball = [picture.ballX, picture.ballY].map(units).join();
  court.dataset.paddles = picture.paddles.map(units).join();
}

const court = document.querySelector<HTMLElement>("#court");
if (court !== null) await startPage(court);

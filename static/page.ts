/**
 * The page: puts its parts together, and draws as often as the display asks for a picture.
 *
 * @module
 */
import { UNIT } from "../game/court.ts";
import { paddleHalf, PLAYERS, TICK } from "../game/state.ts";
import type { PageMessage } from "../net/page/message.ts";
import type { View } from "../net/page/protocol.ts";
import { type CourtCanvas, createCourtCanvas } from "./court/court_canvas.ts";
import { concededSlots } from "./court/goals.ts";
import { element } from "./html/elements.ts";
import { nextTask } from "./html/next_task.ts";
import { createWakeLock } from "./html/wake_lock.ts";
import { createHud, type Hud } from "./hud/hud.ts";
import { createInspector } from "./inspector/inspector.ts";
import { connect, type Connection, type LineState } from "./line/connection.ts";
import { createMotion, type Picture } from "./motion/motion.ts";
import { createReplayBar } from "./replay/bar.ts";
import { TEXTS } from "./screens/texts.ts";
import { createSound } from "./sound/sound.ts";
import { createSoundEvents, soundOfView } from "./sound/sound_events.ts";
import type { OwnPaddle } from "./steering/own_paddle.ts";
import { createSteering } from "./steering/steering.ts";

/** How often the court's attributes are renewed, from which tests read positions. */
const ATTRIBUTES_EVERY_MS = 100;

async function startPage(court: HTMLElement): Promise<void> {
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
  const motion = createMotion();
  const sound = createSound();
  const soundEvents = createSoundEvents();
  const wakeLock = createWakeLock(window);
  let view: View | undefined;
  let line: LineState = "connecting";
  let picture: Picture | undefined;
  let courtCanvas: CourtCanvas | undefined = undefined;
  let connection: Connection | undefined = undefined;
  let attributesMs = -Infinity;

  const send = (message: PageMessage) => connection?.send(message);
  const inspector = createInspector({
    root: element(document, "#inspector"),
    send,
  });
  await nextTask();
  const replayBar = createReplayBar({
    root: element(document, "#replay"),
    send,
  });
  const hud = createHud({
    document,
    send,
    onInspect: () => inspector.toggle(),
  });
  const steering = createSteering({
    window,
    court,
    own: ownPaddle,
    onAxis(axis) {
      motion.steer(axis, performance.now());
      connection?.sendAxis(axis);
    },
  });
  for (const gesture of ["pointerdown", "keydown"]) {
    addEventListener(gesture, () => sound.unlock());
  }
  await nextTask();
  document.addEventListener(
    "visibilitychange",
    () => connection?.sendAlive(),
  );
  connection = connect({
    location,
    isSeen: () => !document.hidden,
    onLine(next) {
      line = next;
      hud.show(view, line);
    },
    onView: showView,
    onStates: (states) => motion.receive(states, performance.now()),
  });

  function showView(next: View): void {
    const nowMs = performance.now();
    for (const slot of concededSlots(view, next)) {
      courtCanvas?.flash(slot, nowMs);
    }
    const event = soundOfView(view, next, hud.turn());
    if (event !== undefined) sound.play(event);
    view = next;
    const { replay, preferences } = next;
    motion.setOwn(next.me, next.inputDelayTicks);
    motion.setFilter(preferences.isFilterOn);
    motion.setSpeed(replay ? (replay.isRunning ? replay.speed : 0) : 1);
    sound.setVolume(preferences);
    wakeLock.set(isLookedAt(next));
    hud.show(next, line);
    inspector.show(next);
    replayBar.show(next);
  }

  function ownPaddle(): OwnPaddle | undefined {
    const isSteering = view?.phase === "playing" || view?.phase === "paused";
    if (view === undefined || picture === undefined) return undefined;
    if (view.me < 0 || !isSteering) return undefined;
    return {
      slot: view.me,
      turn: hud.turn(),
      players: view.rules.players,
      at: picture.paddles[view.me],
      half: paddleHalf(picture.state),
      keys: view.preferences.keys,
    };
  }

  const draw = () => {
    requestAnimationFrame(draw);
    const nowMs = performance.now();
    picture = motion.picture(nowMs);
    steering.update(nowMs);
    if (picture !== undefined) {
      const { ballState } = picture;
      for (const event of soundEvents.ofBall(ballState, hud.turn())) {
        sound.play(event);
      }
    }
    // Behind the start screen and the room nobody would see it.
    const isSeen = view?.phase !== "start" && view?.phase !== "lobby";
    if (isSeen) {
      courtCanvas?.draw({
        players: picture?.state[PLAYERS] ?? view?.rules.players ?? 2,
        me: view?.me ?? -1,
        looks: looksIn(view),
        picture,
        nowMs,
        isReduced: reducedMotion.matches,
        turn: hud.turn(),
        isGhostShown: inspector.isOpen,
      });
    }
    if (picture === undefined || nowMs - attributesMs < ATTRIBUTES_EVERY_MS) {
      return;
    }
    attributesMs = nowMs;
    showAttributes(court, picture);
  };
  await nextTask();
  courtCanvas = await openCourtCanvas(court, hud);
  draw();
}

/** Returns `undefined`, and says so on the page, where the browser can't draw. */
async function openCourtCanvas(
  court: HTMLElement,
  hud: Hud,
): Promise<CourtCanvas | undefined> {
  try {
    const courtCanvas = await createCourtCanvas(court);
    if (courtCanvas.isSlow) hud.warn(TEXTS.slowDrawing);
    return courtCanvas;
  } catch {
    // Whatever pixi.js says of it, the player can only do one thing about it.
    hud.warn(TEXTS.noDrawing);
    return undefined;
  }
}

/** Whether something goes on that nobody has to touch; who waits in a room must be seen to wait. */
function isLookedAt({ role, phase, replay }: View): boolean {
  if (replay !== null) return replay.isRunning;
  return role === "watcher" || (phase !== "start" && phase !== "over");
}

/** By slot: which colour and mark it has. */
function looksIn(view: View | undefined): readonly number[] {
  const looks = [0, 1, 2, 3];
  for (const { slot, look } of view?.players ?? []) looks[slot] = look;
  return looks;
}

/** `data-tick`, and in court units as drawn: `data-ball="x,y"`, `data-paddles="left,right,top,bottom"`. */
function showAttributes(
  court: HTMLElement,
  { state, ballX, ballY, paddles }: Picture,
): void {
  const units = (subunits: number) => Math.round(subunits / UNIT);
  court.dataset.tick = String(state[TICK]);
  court.dataset.ball = [ballX, ballY].map(units).join();
  court.dataset.paddles = paddles.map(units).join();
}

await nextTask();
await startPage(element(document, "#court"));

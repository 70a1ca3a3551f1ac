/**
 * The bar under a replay: play and pause, single ticks, speed, and the time line with its marks.
 *
 * The process plays the recording; the bar asks, and shows what the process says. Only while
 * somebody seeks it shows the tick that they want.
 *
 * @module
 */
import type { PageMessage } from "../../net/page/message.ts";
import type { ReplayView, View } from "../../net/page/protocol.ts";
import { watchUse } from "../html/control_use.ts";
import { addButton, child, setText, showOptions } from "../html/elements.ts";
import { createThrottle } from "../line/throttle.ts";
import { listenToReplayKeys } from "./keys.ts";
import { createMarkRow } from "./mark_row.ts";
import { withinReplay } from "./marks.ts";
import {
  REPLAY_TEXTS,
  speedText,
  tickText,
  timeOfText,
  timeSpoken,
  timeText,
} from "./texts.ts";

export interface ReplayBarOptions {
  /** The empty element that becomes the bar. */
  readonly root: HTMLElement;
  readonly send: (message: PageMessage) => void;
}

export interface ReplayBar {
  /** Shows the bar while the view is one of a replay. */
  show(view: View): void;
}

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4];
const SEEK_EVERY_MS = 50;

/** Builds the bar, hidden, and listens to the document's keys for as long as the page lives. */
export function createReplayBar({ root, send }: ReplayBarOptions): ReplayBar {
  let replay: ReplayView | null = null;
  let tick = 0;

  const sendSeek = createThrottle<number>({
    everyMs: SEEK_EVERY_MS,
    send: (tick) => send({ kind: "seek", tick }),
  });
  const seek = (wanted: number) => {
    if (replay === null) return;
    tick = withinReplay(wanted, replay);
    use.prolong();
    showTick(replay);
    sendSeek(tick);
  };
  const run = (isRunning: boolean) => send({ kind: "run", isRunning });
  const step = (ticks: number) => {
    if (replay?.isRunning) run(false);
    seek(tick + ticks);
  };
  const playOrPause = () => {
    if (replay === null) return;
    if (!replay.isRunning && tick >= replay.lastTick) seek(replay.firstTick);
    run(!replay.isRunning);
  };

  root.ariaLabel = REPLAY_TEXTS.title;
  root.classList.add("no-steer");
  const controls = child(root, "div", "replay-controls");
  const play = addButton(controls, {
    text: REPLAY_TEXTS.play,
    testId: "replay-play",
    onClick: playOrPause,
  });
  play.classList.add("primary");
  play.title = REPLAY_TEXTS.playHint;
  addButton(controls, {
    text: REPLAY_TEXTS.back,
    testId: "replay-back",
    onClick: () => step(-1),
  }).title = REPLAY_TEXTS.backHint;
  addButton(controls, {
    text: REPLAY_TEXTS.forward,
    testId: "replay-forward",
    onClick: () => step(1),
  }).title = REPLAY_TEXTS.forwardHint;
  const time = child(controls, "span", "time");
  time.dataset.testid = "replay-time";
  const tickNumber = child(controls, "span", "tick");
  tickNumber.dataset.testid = "replay-tick";
  const incomplete = child(controls, "span", "incomplete");
  incomplete.dataset.testid = "replay-incomplete";
  const showSpeed = addSpeeds(
    controls,
    (speed) => send({ kind: "speed", speed }),
  );

  const timeLine = child(root, "input", "time-line");
  timeLine.dataset.testid = "replay-time-line";
  timeLine.type = "range";
  timeLine.ariaLabel = REPLAY_TEXTS.timeLine;
  timeLine.addEventListener("input", () => seek(timeLine.valueAsNumber));
  const marks = createMarkRow(root, seek);
  const use = watchUse(timeLine);
  const showTick = ({ firstTick, lastTick }: ReplayView) => {
    const shown = timeText(tick, firstTick);
    const whole = timeText(lastTick, firstTick);
    timeLine.valueAsNumber = tick;
    timeLine.ariaValueText = timeSpoken(shown, whole);
    setText(time, timeOfText(shown, whole));
    setText(tickNumber, tickText(tick));
  };

  listenToReplayKeys(document, {
    timeLine,
    isOn: () => replay !== null,
    onStep: step,
    onPlayOrPause: playOrPause,
  });

  return {
    show(view) {
      replay = view.replay;
      root.hidden = replay === null;
      if (replay === null) return;
      timeLine.min = String(replay.firstTick);
      timeLine.max = String(replay.lastTick);
      if (!use.isOngoing()) tick = replay.tick;
      showTick(replay);
      setText(play, replay.isRunning ? REPLAY_TEXTS.pause : REPLAY_TEXTS.play);
      showSpeed(replay.speed);
      incomplete.hidden = !replay.isIncomplete;
      const { isUnfinished } = replay;
      setText(
        incomplete,
        isUnfinished ? REPLAY_TEXTS.unfinished : REPLAY_TEXTS.incomplete,
      );
      marks.show(replay, view.players);
    },
  };
}

function addSpeeds(
  parent: HTMLElement,
  onSpeed: (speed: number) => void,
): (speed: number) => void {
  const group = child(parent, "fieldset", "speeds");
  child(group, "legend", "unseen").textContent = REPLAY_TEXTS.speed;
  const options = child(group, "div", "options");
  showOptions(
    options,
    "replay-speed",
    SPEEDS.map((speed) => ({ value: String(speed), text: speedText(speed) })),
  );
  const radios = [...options.querySelectorAll("input")];
  options.addEventListener("change", () => {
    onSpeed(SPEEDS[radios.findIndex(({ checked }) => checked)]);
  });
  const use = watchUse(group);
  return (speed) => {
    if (use.isOngoing()) return;
    radios.forEach((radio, i) => radio.checked = SPEEDS[i] === speed);
  };
}

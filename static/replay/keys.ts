/**
 * The keys of a replay: Space plays and pauses, comma and point go a tick back and forth.
 *
 * @module
 */

export interface ReplayKeysOptions {
  /** With the focus here, the arrow keys go single ticks too. */
  readonly timeLine: HTMLElement;
  /** Whether there is a replay to steer. */
  readonly isOn: () => boolean;
  readonly onStep: (ticks: -1 | 1) => void;
  readonly onPlayOrPause: () => void;
}

type StepKeys = Readonly<Record<string, -1 | 1 | undefined>>;

const STEP_KEYS: StepKeys = { ",": -1, ".": 1 };
const TIME_LINE_KEYS: StepKeys = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
};

/** Listens for as long as the page lives. */
export function listenToReplayKeys(
  document: Document,
  { timeLine, isOn, onStep, onPlayOrPause }: ReplayKeysOptions,
): void {
  // Before anybody else hears of it: in a replay, the comma doesn't open the settings.
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!isOn() || isForOther(target)) return;
    const ticks = STEP_KEYS[key] ??
      (target === timeLine ? TIME_LINE_KEYS[key] : undefined);
    if (ticks !== undefined) onStep(ticks);
    else if (key !== " " || needsSpace(target)) return;
    else if (!event.repeat) onPlayOrPause();
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
}

/** Whether keys mean something else there: what is typed, or what a dialog asks for. */
function isForOther(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(
        "dialog, select, textarea, [contenteditable], " +
          "input:not([type=range], [type=radio], [type=checkbox])",
      ) !== null;
}

/** Whether Space has a meaning of its own there. For a slider and a chosen radio it has none. */
function needsSpace(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(
        "button, a, summary, input:not([type=range], [type=radio]:checked)",
      ) !== null;
}

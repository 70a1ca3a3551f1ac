/**
 * Sliders that make this player's own link worse, to see what the game does about it.
 *
 * They show what the process says is set, except while somebody handles them.
 *
 * @module
 */
import type { FaultSettings } from "../../net/page/message.ts";
import { watchUse } from "../html/control_use.ts";
import { addButton, child, setText } from "../html/elements.ts";
import { createThrottle } from "../line/throttle.ts";
import { INSPECTOR_TEXTS, milliseconds, percent } from "./texts.ts";

export interface FaultSliders {
  /** `null` where this page has no link of its own. */
  show(faults: FaultSettings | null): void;
}

interface Slider {
  readonly name: "latencyMs" | "jitterMs" | "lossPercent";
  readonly label: string;
  readonly testId: string;
  readonly most: number;
  readonly step: number;
  readonly text: (value: number) => string;
}

/** A process would take more, but beyond these there is no game any more. */
const SLIDERS: readonly Slider[] = [
  {
    name: "latencyMs",
    label: INSPECTOR_TEXTS.latency,
    testId: "fault-latency",
    most: 300,
    step: 10,
    text: milliseconds,
  },
  {
    name: "jitterMs",
    label: INSPECTOR_TEXTS.faultJitter,
    testId: "fault-jitter",
    most: 100,
    step: 5,
    text: milliseconds,
  },
  {
    name: "lossPercent",
    label: INSPECTOR_TEXTS.loss,
    testId: "fault-loss",
    most: 30,
    step: 1,
    text: percent,
  },
];

const NO_FAULTS: FaultSettings = {
  latencyMs: 0,
  jitterMs: 0,
  lossPercent: 0,
  isCut: false,
};
const SEND_EVERY_MS = 100;

/** Appends the sliders to `parent`. */
export function createFaultSliders(
  parent: HTMLElement,
  onChange: (faults: FaultSettings) => void,
): FaultSliders {
  const fieldset = child(parent, "fieldset", "faults");
  child(fieldset, "legend", "").textContent = INSPECTOR_TEXTS.faults;
  const none = child(parent, "p", "no-faults");
  none.textContent = INSPECTOR_TEXTS.noFaults;
  const use = watchUse(fieldset);
  const send = createThrottle({
    everyMs: SEND_EVERY_MS,
    send: onChange,
  });
  let faults = NO_FAULTS;

  const set = (next: FaultSettings) => {
    faults = next;
    showFaults();
    send(faults);
  };
  const showSliders = SLIDERS.map((slider) =>
    addSlider(fieldset, slider, (value) => {
      set({ ...faults, [slider.name]: value });
    })
  );
  const cut = addCut(fieldset, (isCut) => set({ ...faults, isCut }));
  addButton(fieldset, {
    text: INSPECTOR_TEXTS.reset,
    testId: "fault-reset",
    onClick: () => set(NO_FAULTS),
  });
  const showFaults = () => {
    for (const show of showSliders) show(faults);
    cut.checked = faults.isCut;
  };
  showFaults();

  return {
    show(actual) {
      fieldset.hidden = actual === null;
      none.hidden = actual !== null;
      if (actual === null || use.isOngoing()) return;
      faults = actual;
      showFaults();
    },
  };
}

function addSlider(
  parent: HTMLElement,
  { name, label, testId, most, step, text }: Slider,
  onValue: (value: number) => void,
): (faults: FaultSettings) => void {
  const row = child(parent, "label", "fault no-steer");
  child(row, "span", "").textContent = label;
  const input = child(row, "input", "no-steer");
  input.dataset.testid = testId;
  input.type = "range";
  input.min = "0";
  input.max = String(most);
  input.step = String(step);
  const output = child(row, "span", "value");
  input.addEventListener("input", () => onValue(input.valueAsNumber));
  // After a drag the keys steer the paddle again, not the slider.
  input.addEventListener("pointerup", () => input.blur());
  return (faults) => {
    const value = faults[name];
    input.valueAsNumber = value;
    input.ariaValueText = text(value);
    setText(output, text(value));
  };
}

function addCut(
  parent: HTMLElement,
  onCut: (isCut: boolean) => void,
): HTMLInputElement {
  const row = child(parent, "div", "cut");
  const label = child(row, "label", "no-steer");
  const input = child(label, "input", "");
  input.dataset.testid = "fault-cut";
  input.type = "checkbox";
  input.setAttribute("aria-describedby", "cut-detail");
  child(label, "span", "").textContent = INSPECTOR_TEXTS.cut;
  const detail = child(row, "small", "");
  detail.id = "cut-detail";
  detail.textContent = INSPECTOR_TEXTS.cutDetail;
  input.addEventListener("change", () => onCut(input.checked));
  return input;
}

/**
 * The network inspector: a drawer with four plots, their numbers, and sliders for this player's link.
 *
 * The process measures for the inspector only while it is asked to, which it forgets when the page
 * connects anew; so an open inspector that gets nothing asks again.
 *
 * @module
 */
import type { PageMessage } from "../../net/page/message.ts";
import type { View } from "../../net/page/protocol.ts";
import { addButton, child, setText } from "../html/elements.ts";
import { createFaultSliders } from "./fault_sliders.ts";
import { drawPlot } from "./plot.ts";
import { type PlotKind, PLOTS, plotText, type TraceStyle } from "./plots.ts";
import { addSample, type NetworkSample, WINDOW_MS } from "./series.ts";
import { INSPECTOR_TEXTS } from "./texts.ts";

export interface InspectorOptions {
  /** The empty element that becomes the drawer. */
  readonly root: HTMLElement;
  readonly send: (message: PageMessage) => void;
}

export interface Inspector {
  toggle(): void;
  readonly isOpen: boolean;
  /** Takes each view, also while closed. */
  show(view: View): void;
}

const ASK_AGAIN_MS = 1000;
/** Pictures 20 times a second; numbers that changed as often couldn't be read. */
const DRAW_EVERY_MS = 45;
const WRITE_EVERY_MS = 250;

/** Builds the drawer, closed. */
export function createInspector(
  { root, send }: InspectorOptions,
): Inspector {
  root.classList.add("no-steer");
  addHeader(root, () => toggle());
  const body = child(root, "div", "inspector-body");
  const nothing = child(body, "p", "nothing");
  nothing.dataset.testid = "inspector-nothing";
  const plotRow = child(body, "div", "plots");
  const plots = PLOTS.map((kind) => addPlot(plotRow, kind));
  const faults = child(body, "div", "");
  const sliders = createFaultSliders(
    faults,
    (faults) => send({ kind: "faults", faults }),
  );

  let isOpen = false;
  let opener: Element | null = null;
  let samples: readonly NetworkSample[] = [];
  let askedMs = -Infinity;
  let drawnMs = -Infinity;
  let writtenMs = -Infinity;

  const ask = () => {
    askedMs = performance.now();
    send({ kind: "inspect", isOn: true });
  };
  const open = () => {
    opener = document.activeElement;
    // What was measured before is too old to be joined to what comes now.
    samples = [];
    ask();
  };
  const shut = () => {
    if (root.contains(document.activeElement)) focus(opener);
    send({ kind: "inspect", isOn: false });
  };
  const toggle = () => {
    if (isOpen) shut();
    else open();
    isOpen = !isOpen;
    root.hidden = !isOpen;
  };
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    toggle();
  });

  return {
    toggle,
    get isOpen() {
      return isOpen;
    },
    show(view) {
      if (!isOpen) return;
      const nowMs = performance.now();
      const { network } = view;
      setText(nothing, nothingText(view));
      nothing.hidden = network !== null;
      plotRow.hidden = network === null;
      faults.hidden = network === null;
      if (network === null) {
        if (isRunning(view) && nowMs - askedMs >= ASK_AGAIN_MS) ask();
        return;
      }
      sliders.show(network.faults);
      samples = addSample(samples, view);
      if (nowMs - drawnMs < DRAW_EVERY_MS) return;
      drawnMs = nowMs;
      const isWritten = nowMs - writtenMs >= WRITE_EVERY_MS;
      if (isWritten) writtenMs = nowMs;
      for (const plot of plots) plot(samples, isWritten);
    },
  };
}

function isRunning({ role, phase }: View): boolean {
  return role !== "replay" && (phase === "playing" || phase === "paused");
}

function nothingText(view: View): string {
  if (view.role === "replay") return INSPECTOR_TEXTS.noNetwork;
  return isRunning(view)
    ? INSPECTOR_TEXTS.noMeasurements
    : INSPECTOR_TEXTS.noMatch;
}

function addHeader(root: HTMLElement, onClose: () => void): void {
  const header = child(root, "header", "");
  const title = child(header, "h2", "");
  title.id = "inspector-title";
  title.textContent = INSPECTOR_TEXTS.title;
  root.setAttribute("aria-labelledby", title.id);
  child(header, "p", "explanation").textContent = INSPECTOR_TEXTS.explanation;
  addButton(header, {
    text: INSPECTOR_TEXTS.close,
    testId: "inspector-close",
    onClick: onClose,
  });
}

type ShowPlot = (samples: readonly NetworkSample[], isWritten: boolean) => void;

function addPlot(parent: HTMLElement, kind: PlotKind): ShowPlot {
  const figure = child(parent, "figure", "");
  figure.dataset.plot = kind.id;
  const canvas = child(figure, "canvas", "");
  canvas.dataset.testid = `plot-${kind.id}`;
  canvas.role = "img";
  const list = child(figure, "dl", "");
  list.dataset.testid = `numbers-${kind.id}`;
  const rows = kind.rows.map(({ label, style }) => {
    const row = child(list, "div", "");
    const term = child(row, "dt", "");
    if (style !== null) addSwatch(term, style);
    child(term, "span", "").textContent = label;
    return row;
  });

  return (samples, isWritten) => {
    const reading = kind.read(samples);
    const atMs = samples.at(-1)?.network.atMs ?? 0;
    drawPlot(canvas, { ...reading, atMs, windowMs: WINDOW_MS });
    if (!isWritten) return;
    canvas.ariaLabel = plotText(kind, reading);
    rows.forEach((row, i) => showValues(row, reading.values[i]));
  };
}

/** A sample of how the trace is drawn. */
function addSwatch(parent: HTMLElement, style: TraceStyle): void {
  child(parent, "i", "swatch").dataset.style = style;
}

function showValues(row: HTMLElement, values: readonly string[]): void {
  values.forEach((value, i) => {
    const shown = row.querySelectorAll("dd")[i] ?? child(row, "dd", "");
    setText(shown, value);
  });
}

function focus(element: Element | null): void {
  if (element instanceof HTMLElement && element.isConnected) element.focus();
}

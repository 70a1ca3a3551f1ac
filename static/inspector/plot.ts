/**
 * A small plot on a canvas: traces over the last seconds, now at the right edge.
 *
 * Colours and font are the canvas element's own, so that the style sheet decides on them.
 *
 * @module
 */
import type { Trace, TracePoint } from "./plots.ts";

export interface PlotPicture {
  readonly traces: readonly Trace[];
  /** The value at the upper edge, in words. */
  readonly edge: string;
  /** The time at the right edge, and from there to the left one. */
  readonly atMs: number;
  readonly windowMs: number;
}

/** From times and values to places on the canvas, in CSS pixels. */
interface Scale {
  readonly x: (atMs: number) => number;
  readonly y: (value: number) => number;
  readonly axis: number;
}

/** A faint line every so often, to compare the plots by. */
const GRID_MS = 5000;
/** From the edge of the canvas to what is drawn, so that no line is cut in half. */
const MARGIN_PX = 2;
/** The strip above, for the words. */
const TOP_PX = 18;
const LINE_PX = 1.5;
/** The narrowest bar that is still seen. */
const BAR_PX = 1.5;
const DASHES_PX = [3, 3];
const AREA_ALPHA = 0.35;

/** Draws the picture at the canvas's present size; nothing where that is none. */
export function drawPlot(
  canvas: HTMLCanvasElement,
  picture: PlotPicture,
): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext("2d");
  if (context === null || width === 0 || height === 0) return;
  fitPixels(canvas);
  context.resetTransform();
  context.scale(canvas.width / width, canvas.height / height);
  context.clearRect(0, 0, width, height);
  const style = getComputedStyle(canvas);
  drawGrid(context, { ...picture, width, height }, style);
  context.strokeStyle = style.color;
  context.fillStyle = style.color;
  context.lineWidth = LINE_PX;
  context.lineJoin = "round";
  for (const trace of picture.traces) {
    drawTrace(context, trace, scaleOf(trace, { ...picture, width, height }));
  }
}

/** As many pixels as the display has. Setting a size clears the canvas, so only when it changes. */
function fitPixels(canvas: HTMLCanvasElement): void {
  const width = Math.round(canvas.clientWidth * devicePixelRatio);
  const height = Math.round(canvas.clientHeight * devicePixelRatio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

interface SizedPicture extends PlotPicture {
  readonly width: number;
  readonly height: number;
}

function scaleOf(
  { edge, half }: Trace,
  { atMs, windowMs, width, height }: SizedPicture,
): Scale {
  const bottom = height - MARGIN_PX;
  const axis = half === "none" ? bottom : middle(height);
  const end = half === "lower" ? bottom : TOP_PX;
  return {
    x: (at) => width - MARGIN_PX - (atMs - at) / windowMs * width,
    y: (value) => axis + (end - axis) * value / edge,
    axis,
  };
}

function drawGrid(
  context: CanvasRenderingContext2D,
  { traces, edge, windowMs, width, height }: SizedPicture,
  style: CSSStyleDeclaration,
): void {
  context.fillStyle = style.getPropertyValue("--line");
  for (let ms = GRID_MS; ms < windowMs; ms += GRID_MS) {
    const x = Math.round(width - ms / windowMs * width);
    context.fillRect(x, TOP_PX, 1, height - TOP_PX);
  }
  const isHalved = traces.some(({ half }) => half !== "none");
  const axis = isHalved ? middle(height) : height - 1;
  context.fillRect(0, Math.round(axis), width, 1);
  context.fillRect(0, TOP_PX - 1, width, 1);
  context.fillStyle = style.getPropertyValue("--muted");
  context.font = style.font;
  context.textBaseline = "top";
  context.fillText(edge, MARGIN_PX, MARGIN_PX);
}

function middle(height: number): number {
  return (TOP_PX + height - MARGIN_PX) / 2;
}

function drawTrace(
  context: CanvasRenderingContext2D,
  { style, points }: Trace,
  scale: Scale,
): void {
  switch (style) {
    case "bars":
      return drawBars(context, points, scale);
    case "area":
      for (const run of runsOf(points)) drawArea(context, run, scale);
      return;
    case "line":
    case "dashed":
      context.setLineDash(style === "dashed" ? DASHES_PX : []);
      for (const run of runsOf(points)) {
        context.beginPath();
        lineTo(context, run, scale);
        context.stroke();
      }
      context.setLineDash([]);
      return;
  }
}

function drawBars(
  context: CanvasRenderingContext2D,
  points: readonly TracePoint[],
  { x, y, axis }: Scale,
): void {
  for (const { atMs, value } of points) {
    const top = y(value ?? 0);
    context.fillRect(x(atMs) - BAR_PX, top, BAR_PX, axis - top);
  }
}

function drawArea(
  context: CanvasRenderingContext2D,
  run: readonly KnownPoint[],
  scale: Scale,
): void {
  context.beginPath();
  context.moveTo(scale.x(run[0].atMs), scale.axis);
  lineTo(context, run, scale);
  context.lineTo(scale.x(run[run.length - 1].atMs), scale.axis);
  context.globalAlpha = AREA_ALPHA;
  context.fill();
  context.globalAlpha = 1;
}

function lineTo(
  context: CanvasRenderingContext2D,
  run: readonly KnownPoint[],
  { x, y }: Scale,
): void {
  for (const { atMs, value } of run) context.lineTo(x(atMs), y(value));
}

interface KnownPoint {
  readonly atMs: number;
  readonly value: number;
}

/** Splits a trace where nothing is known. No run is empty. */
function runsOf(
  points: readonly TracePoint[],
): readonly (readonly KnownPoint[])[] {
  const runs: KnownPoint[][] = [];
  let run: KnownPoint[] | undefined;
  for (const { atMs, value } of points) {
    if (value === null) {
      run = undefined;
      continue;
    }
    if (run === undefined) runs.push(run = []);
    run.push({ atMs, value });
  }
  return runs;
}

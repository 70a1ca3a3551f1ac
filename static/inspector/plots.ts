/**
 * The inspector's four plots: what each one draws, and the same in numbers.
 *
 * Within a plot all traces have one colour; how a trace is drawn tells them apart.
 *
 * @module
 */
import { TICK_MS } from "../../game/court.ts";
import {
  deepestRollbackTicks,
  type NetworkSample,
  type Rates,
} from "./series.ts";
import {
  count,
  INSPECTOR_TEXTS,
  inward,
  kilobytes,
  kilobytesPerSecond,
  milliseconds,
  outward,
  seconds,
  ticks,
} from "./texts.ts";

export type TraceStyle = "line" | "dashed" | "bars" | "area";

export interface Trace {
  readonly style: TraceStyle;
  readonly points: readonly TracePoint[];
  /** The value at the plot's edge. */
  readonly edge: number;
  /** The axis is at the bottom, or in the middle for a trace that has a half of the plot. */
  readonly half: "none" | "upper" | "lower";
}

/** Oldest first in a trace; `value` is `null` where nothing is known. */
export interface TracePoint {
  readonly atMs: number;
  readonly value: number | null;
}

export interface PlotKind {
  readonly id: "roundTrip" | "rollback" | "prediction" | "traffic";
  /** Labels of the numbers, and how they are drawn, if they are. */
  readonly rows: readonly {
    readonly label: string;
    readonly style: TraceStyle | null;
  }[];
  read(samples: readonly NetworkSample[]): PlotReading;
}

export interface PlotReading {
  readonly traces: readonly Trace[];
  /** The value at the upper edge, in words. */
  readonly edge: string;
  /** The newest numbers, by row. */
  readonly values: readonly (readonly string[])[];
}

/** No plot ends lower than these: on a good link, 0.1 ms of jitter would look like a mountain. */
const ROUND_TRIP_EDGE_MS = 50;
const ROLLBACK_EDGE_TICKS = 5;
const LAG_EDGE_MS = 100;
const BYTES_EDGE = 1000;
const PACKETS_EDGE = 100;

/** From left to right. */
export const PLOTS: readonly PlotKind[] = [
  {
    id: "roundTrip",
    rows: [
      { label: INSPECTOR_TEXTS.roundTrip, style: "line" },
      { label: INSPECTOR_TEXTS.jitter, style: "dashed" },
    ],
    read(samples) {
      const rtt = pointsOf(samples, ({ rttMs }) => rttMs);
      const jitter = pointsOf(samples, ({ jitterMs }) => jitterMs);
      const edge = edgeOf([rtt, jitter], ROUND_TRIP_EDGE_MS);
      return {
        traces: [
          { style: "line", points: rtt, edge, half: "none" },
          { style: "dashed", points: jitter, edge, half: "none" },
        ],
        edge: milliseconds(edge),
        values: [
          [known(rtt.at(-1)?.value, milliseconds)],
          [known(jitter.at(-1)?.value, milliseconds)],
        ],
      };
    },
  },
  {
    id: "rollback",
    rows: [
      { label: INSPECTOR_TEXTS.rollback, style: "bars" },
      { label: INSPECTOR_TEXTS.waited, style: null },
    ],
    read(samples) {
      const depth = pointsOf(samples, ({ network }) => network.rollbackTicks);
      const edge = edgeOf([depth], ROLLBACK_EDGE_TICKS);
      const stalledMs = samples.at(-1)?.network.stalledMs;
      return {
        traces: [{ style: "bars", points: depth, edge, half: "none" }],
        edge: ticks(edge),
        values: [
          [ticks(deepestRollbackTicks(samples))],
          [known(stalledMs, seconds)],
        ],
      };
    },
  },
  {
    id: "prediction",
    rows: [
      { label: INSPECTOR_TEXTS.predicted, style: "area" },
      { label: INSPECTOR_TEXTS.confirmedLag, style: "line" },
    ],
    read(samples) {
      // On one scale, a tick being 1/60 s: the line leaves the area where the game waits.
      const predicted = pointsOf(
        samples,
        ({ predictedTicks }) => predictedTicks * TICK_MS,
      );
      const lag = pointsOf(samples, ({ confirmedLagMs }) => confirmedLagMs);
      const edge = edgeOf([predicted, lag], LAG_EDGE_MS);
      const last = samples.at(-1);
      return {
        traces: [
          { style: "area", points: predicted, edge, half: "none" },
          { style: "line", points: lag, edge, half: "none" },
        ],
        edge: milliseconds(edge),
        values: [
          [known(last?.predictedTicks, ticks)],
          [known(last?.confirmedLagMs, milliseconds)],
        ],
      };
    },
  },
  {
    id: "traffic",
    rows: [
      { label: INSPECTOR_TEXTS.bytes, style: "area" },
      { label: INSPECTOR_TEXTS.packets, style: "line" },
      { label: INSPECTOR_TEXTS.rejected, style: null },
    ],
    read(samples) {
      const rate = (name: keyof Rates) =>
        pointsOf(samples, ({ rates }) => rates?.[name] ?? null);
      const [bytesIn, bytesOut] = [rate("bytesIn"), rate("bytesOut")];
      const [packetsIn, packetsOut] = [rate("packetsIn"), rate("packetsOut")];
      const bytesEdge = edgeOf([bytesIn, bytesOut], BYTES_EDGE);
      const packetsEdge = edgeOf([packetsIn, packetsOut], PACKETS_EDGE);
      const last = samples.at(-1);
      const rates = last?.rates ?? undefined;
      return {
        traces: [
          { style: "area", points: bytesIn, edge: bytesEdge, half: "upper" },
          { style: "area", points: bytesOut, edge: bytesEdge, half: "lower" },
          {
            style: "line",
            points: packetsIn,
            edge: packetsEdge,
            half: "upper",
          },
          {
            style: "line",
            points: packetsOut,
            edge: packetsEdge,
            half: "lower",
          },
        ],
        edge: kilobytesPerSecond(bytesEdge),
        values: [
          [
            inward(known(rates?.bytesIn, kilobytes)),
            outward(known(rates?.bytesOut, kilobytes)),
          ],
          [
            inward(known(rates?.packetsIn, count)),
            outward(known(rates?.packetsOut, count)),
          ],
          [known(last?.network.rejected, count)],
        ],
      };
    },
  },
];

/** Returns all numbers of a plot as a sentence, for who can't see it. */
export function plotText(kind: PlotKind, reading: PlotReading): string {
  return kind.rows
    .map(({ label }, row) => `${label}: ${reading.values[row].join(", ")}.`)
    .join(" ");
}

/** Returns the smallest of 1, 2, 5, 10, 20… that is not less than the value. */
export function niceAtLeast(value: number): number {
  let decade = 1;
  while (decade * 10 <= value) decade *= 10;
  const steps = [1, 2, 5, 10].map((step) => step * decade);
  return steps.find((step) => step >= value) ?? value;
}

function pointsOf(
  samples: readonly NetworkSample[],
  value: (sample: NetworkSample) => number | null,
): readonly TracePoint[] {
  return samples.map((sample) => ({
    atMs: sample.network.atMs,
    value: value(sample),
  }));
}

function edgeOf(
  traces: readonly (readonly TracePoint[])[],
  least: number,
): number {
  const values = traces.flat().map(({ value }) => value ?? 0);
  return niceAtLeast(Math.max(least, ...values));
}

function known(
  value: number | null | undefined,
  text: (value: number) => string,
): string {
  return value === null || value === undefined
    ? INSPECTOR_TEXTS.unknown
    : text(value);
}

/**
 * From views of the network to what the inspector plots: samples of the last 20 s.
 *
 * A view holds counts of the whole match, which tell little; here they become rates. A new match,
 * or a process that began anew, starts the series again.
 *
 * @module
 */
import { TICK_MS } from "../../game/court.ts";
import type { NetworkView, PlayerView, View } from "../../net/page/protocol.ts";

/** How far back the plots reach. Longer, and the bars of single rollbacks are too thin to see. */
export const WINDOW_MS = 20_000;

/** Of all views that come within this time one sample is kept, so there are never more than 402. */
const SAMPLE_EVERY_MS = 50;
/** Rates are over about this time: long enough that single packets don't show as spikes. */
const RATE_MS = 1000;
/** Over less time than this no rate is told. */
const RATE_MS_MIN = 250;
/** The network at one moment, as plotted. */
export interface NetworkSample {
  readonly network: NetworkView;
  /** Of the slowest of the other players, for that is who the match waits for; `null` if unknown. */
  readonly rttMs: number | null;
  /** Of the most uneven link; `null` if unknown. */
  readonly jitterMs: number | null;
  readonly predictedTicks: number;
  /** How long ago the newest confirmed tick was the newest of all. Grows while the game waits. */
  readonly confirmedLagMs: number;
  readonly rates: Rates | null;
}

/** Each a second. */
export interface Rates {
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** What of a view is plotted. */
export type PlottedView = Pick<View, "me" | "players" | "network">;

/** Returns the series with what a view says, oldest first; the same one where it says nothing new. */
export function addSample(
  samples: readonly NetworkSample[],
  view: PlottedView,
): readonly NetworkSample[] {
  const { network } = view;
  const last = samples.at(-1);
  if (network === null || network.atMs === last?.network.atMs) return samples;
  if (last === undefined || !isLater(network, last.network)) {
    return [createSample([], network, view)];
  }
  const isSameTime = bucketOf(network) === bucketOf(last.network);
  const before = isSameTime ? samples.slice(0, -1) : samples;
  const rollbackTicks = isSameTime
    ? Math.max(last.network.rollbackTicks, network.rollbackTicks)
    : network.rollbackTicks;
  const sample = createSample(before, { ...network, rollbackTicks }, view);
  // One that is older than the window stays: the line to it crosses the window's edge.
  const fromMs = network.atMs - WINDOW_MS;
  const first = before.findIndex(({ network }) => network.atMs > fromMs);
  const kept = before.slice(first < 0 ? -1 : Math.max(0, first - 1));
  return [...kept, sample];
}

/** Returns the deepest rollback of the last second, in ticks. */
export function deepestRollbackTicks(
  samples: readonly NetworkSample[],
): number {
  const fromMs = (samples.at(-1)?.network.atMs ?? 0) - RATE_MS;
  const recent = samples.filter(({ network }) => network.atMs > fromMs);
  return Math.max(0, ...recent.map(({ network }) => network.rollbackTicks));
}

function bucketOf({ atMs }: NetworkView): number {
  return Math.floor(atMs / SAMPLE_EVERY_MS);
}

/** Whether both are of the same match, in order. */
function isLater(next: NetworkView, last: NetworkView): boolean {
  return next.atMs > last.atMs && next.packetsIn >= last.packetsIn &&
    next.packetsOut >= last.packetsOut;
}

function createSample(
  before: readonly NetworkSample[],
  network: NetworkView,
  { players, me }: PlottedView,
): NetworkSample {
  const others = players.filter((player) => isHeard(player, me));
  return {
    network,
    rttMs: most(others.map(({ rttMs }) => rttMs)),
    jitterMs: most(others.map(({ jitterMs }) => jitterMs)),
    predictedTicks: Math.max(0, network.newestTick - network.confirmedTick),
    confirmedLagMs: lagMs(before, network),
    rates: ratesOf(before, network),
  };
}

/** Who is away keeps the last measured time, which says nothing of now. */
function isHeard({ slot, state }: PlayerView, me: number): boolean {
  return slot !== me && state !== "away" && state !== "left";
}

function most(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function lagMs(before: readonly NetworkSample[], network: NetworkView): number {
  const { atMs, newestTick, confirmedTick } = network;
  if (newestTick <= confirmedTick) return 0;
  const moments = [...before.map((sample) => sample.network), network];
  const later = moments.findIndex((other) => other.newestTick > confirmedTick);
  if (later === 0) {
    const seenMs = atMs - moments[0].atMs;
    return Math.max(seenMs, (newestTick - confirmedTick) * TICK_MS);
  }
  // The confirmed tick was drawn somewhere between these two.
  const [from, to] = [moments[later - 1], moments[later]];
  const share = (confirmedTick - from.newestTick) /
    (to.newestTick - from.newestTick);
  return atMs - from.atMs - share * (to.atMs - from.atMs);
}

function ratesOf(
  before: readonly NetworkSample[],
  network: NetworkView,
): Rates | null {
  const base =
    before.findLast((sample) =>
      network.atMs - sample.network.atMs >= RATE_MS
    ) ?? before[0];
  if (base === undefined) return null;
  const seconds = (network.atMs - base.network.atMs) / 1000;
  if (seconds < RATE_MS_MIN / 1000) return null;
  const rate = (count: keyof Rates) =>
    (network[count] - base.network[count]) / seconds;
  return {
    packetsIn: rate("packetsIn"),
    packetsOut: rate("packetsOut"),
    bytesIn: rate("bytesIn"),
    bytesOut: rate("bytesOut"),
  };
}

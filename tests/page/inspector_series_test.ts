/** The inspector: from views to samples, and from samples to what is plotted and said. */
import { expect } from "@std/expect";
import type { NetworkView } from "../../net/page/protocol.ts";
import { niceAtLeast, PLOTS, plotText } from "../../static/inspector/plots.ts";
import {
  addSample,
  deepestRollbackTicks,
  type NetworkSample,
  type PlottedView,
  WINDOW_MS,
} from "../../static/inspector/series.ts";
import { kilobytesPerSecond } from "../../static/inspector/texts.ts";
import { playerView } from "../support/views.ts";

const NETWORK: NetworkView = {
  ...{ atMs: 0, newestTick: 0, confirmedTick: 0, rollbackTicks: 0 },
  ...{ packetsIn: 0, packetsOut: 0, bytesIn: 0, bytesOut: 0 },
  ...{ stalledMs: 0, rejected: 0, faults: null },
};

Deno.test("rates are over the last second, not over the whole match, after a quarter of one", () => {
  const calm = { packetsIn: 1000, packetsOut: 500, bytesIn: 9000, bytesOut: 9 };
  const more = {
    packetsIn: 1060,
    packetsOut: 530,
    bytesIn: 12e3,
    bytesOut: 99,
  };
  // All that is within the second lies a second before, or a little more than that.
  for (const [fromMs, share] of [[5000, 1], [4000, 0.5]]) {
    const samples = seriesOf([
      { atMs: 0 },
      { atMs: fromMs, ...calm },
      { atMs: 5050, ...calm },
      { atMs: 6000, ...more },
    ]);

    expect(Object.values(samples.at(-1)?.rates ?? {}))
      .toEqual([60, 30, 3000, 90].map((rate) => rate * share));
  }
  const early = seriesOf([{ atMs: 0 }, { atMs: 200 }, { atMs: 250 }]);
  expect(early.map(({ rates }) => rates === null)).toEqual([true, true, false]);
});

Deno.test("views that come at once become one sample, with the deepest rollback, and the same one none", () => {
  const samples = seriesOf([
    { atMs: 100, rollbackTicks: 2 },
    { atMs: 110, rollbackTicks: 7, newestTick: 1 },
    { atMs: 149, rollbackTicks: 0, newestTick: 2 },
    { atMs: 150, rollbackTicks: 1, newestTick: 3 },
  ]);

  expect(samples.map(({ network }) => network)).toMatchObject([
    { rollbackTicks: 7, newestTick: 2 },
    { rollbackTicks: 1, newestTick: 3 },
  ]);
  expect(addSample(samples, plottedView({ atMs: 150 }))).toBe(samples);
  expect(addSample(samples, { me: 0, players: [], network: null }))
    .toBe(samples);
});

Deno.test("the series forgets what is older than the window but one sample, however often views come", () => {
  const samples = seriesOf(
    Array.from({ length: 9000 }, (_, i) => ({ atMs: 5 * i })),
  );
  const fromMs = 5 * 8999 - WINDOW_MS;

  expect(samples.length).toBeLessThanOrEqual(402);
  expect(samples[0].network.atMs).toBeLessThanOrEqual(fromMs);
  expect(samples[1].network.atMs).toBeGreaterThan(fromMs);
  // The last sample before a long silence stays, too.
  expect(seriesOf([{ atMs: 0 }, { atMs: 100 }, { atMs: 90_000 }]))
    .toMatchObject([{ network: { atMs: 100 } }, { network: { atMs: 90_000 } }]);
});

Deno.test("the series begins anew at fewer packets in or out, and at an earlier time", () => {
  const later = { atMs: 1000, packetsIn: 60, packetsOut: 60 };
  for (const change of [{ packetsIn: 3 }, { packetsOut: 3 }, { atMs: 10 }]) {
    const next = { ...later, ...change };
    const before = { atMs: 500, packetsIn: 50, packetsOut: 50 };

    expect(seriesOf([before, next])).toMatchObject([{ network: next }]);
  }
});

Deno.test("round trip and jitter are of the worst link to another player who is there", () => {
  const [own, near, far] = [
    playerView(0, { rttMs: 500, jitterMs: 50 }),
    playerView(1, { rttMs: 20, jitterMs: 9 }),
    playerView(2, { rttMs: 80, jitterMs: null }),
  ];
  const gone = (["away", "left"] as const)
    .map((state) => playerView(3, { rttMs: 900, jitterMs: 90, state }));
  const cases = [
    [[own, near, far, ...gone], 80, 9],
    [[own], null, null],
    [[playerView(1)], null, null],
  ] as const;
  for (const [players, rttMs, jitterMs] of cases) {
    expect(addSample([], { me: 0, players, network: NETWORK }))
      .toMatchObject([{ rttMs, jitterMs }]);
  }
});

Deno.test("the confirmed lag is the time since the confirmed tick was the newest", () => {
  const stalled = { newestTick: 115, confirmedTick: 100 };
  const cases = [
    [[
      { atMs: 1000, newestTick: 100, confirmedTick: 100 },
      { atMs: 1050, newestTick: 103, confirmedTick: 100 },
      { atMs: 1100, newestTick: 106, confirmedTick: 102 },
      { atMs: 1150, newestTick: 108, confirmedTick: 106 },
    ], [[0, 0], [3, 50], [4, 100 - 50 * 2 / 3], [2, 50]]],
    // It grows while the game waits, and the prediction does not.
    [[
      { atMs: 0, newestTick: 100, confirmedTick: 100 },
      { atMs: 250, ...stalled },
      { atMs: 950, ...stalled },
    ], [[0, 0], [15, 250], [15, 950]]],
    // By ticks where the series began after the confirmed tick.
    [[{ newestTick: 106, confirmedTick: 100 }], [[6, 100]]],
  ] as const;
  for (const [networks, told] of cases) {
    expect(seriesOf(networks)).toMatchObject(
      told.map(([predictedTicks, lagMs]) => (
        { predictedTicks, confirmedLagMs: expect.closeTo(lagMs) }
      )),
    );
  }
});

Deno.test("the deepest rollback is that of the last second", () => {
  const samples = seriesOf([
    { atMs: 0, rollbackTicks: 12 },
    { atMs: 200, rollbackTicks: 9 },
    { atMs: 250, rollbackTicks: 4 },
    { atMs: 1200, rollbackTicks: 1 },
  ]);

  expect(deepestRollbackTicks(samples)).toBe(4);
  expect(deepestRollbackTicks([])).toBe(0);
});

Deno.test("niceAtLeast() goes in steps of 1, 2, 5", () => {
  const values = [0, 1, 1.5, 2, 3, 5, 6, 10, 11, 105, 250, 501, 1000];

  expect(values.map(niceAtLeast))
    .toEqual([1, 1, 2, 2, 5, 5, 10, 10, 20, 200, 500, 1000, 1000]);
});

Deno.test("plots say all their numbers in words, and where nothing is known yet", () => {
  const players = [playerView(1, { rttMs: 311.6, jitterMs: 24 })];
  const first = { ...NETWORK, newestTick: 40, confirmedTick: 40 };
  const network = {
    ...{ ...NETWORK, atMs: 1000, newestTick: 101, confirmedTick: 100 },
    ...{ rollbackTicks: 9, packetsIn: 54.6, packetsOut: 60 },
    ...{ bytesIn: 3520, bytesOut: 4800, stalledMs: 1900, rejected: 2 },
  };
  const before = addSample([], { me: 0, players: [], network: first });
  const samples = addSample(before, { me: 0, players, network });

  expect(PLOTS.map((kind) => plotText(kind, kind.read(samples)))).toEqual([
    "Round trip: 312 ms. Jitter: 24 ms.",
    "Rollback: 9 ticks. Waited: 1.9 s.",
    "Predicted: 1 tick. Confirmed lag: 16 ms.",
    "kB/s: 3.5 in, 4.8 out. Packets/s: 55 in, 60 out. Rejected: 2.",
  ]);
  expect(PLOTS.map((kind) => plotText(kind, kind.read([])))).toEqual([
    "Round trip: unknown. Jitter: unknown.",
    "Rollback: 0 ticks. Waited: unknown.",
    "Predicted: unknown. Confirmed lag: unknown.",
    "kB/s: unknown in, unknown out. Packets/s: unknown in, unknown out. Rejected: unknown.",
  ]);
});

Deno.test("a plot's edge is above all that it shows, and calm for a good link", () => {
  const [, rollback] = PLOTS;
  const calm = seriesOf([{ atMs: 100, rollbackTicks: 1 }]);
  const wild = seriesOf([{ rollbackTicks: 11 }, { atMs: 100 }]);

  expect([calm, wild].map((samples) => rollback.read(samples).edge))
    .toEqual(["5 ticks", "20 ticks"]);
  expect(kilobytesPerSecond(2000)).toBe("2 kB/s");
});

function seriesOf(
  networks: readonly Partial<NetworkView>[],
): readonly NetworkSample[] {
  return networks.reduce<readonly NetworkSample[]>(
    (samples, network) => addSample(samples, plottedView(network)),
    [],
  );
}

function plottedView(network: Partial<NetworkView>): PlottedView {
  return { me: 0, players: [], network: { ...NETWORK, ...network } };
}

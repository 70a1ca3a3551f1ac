/**
 * Measures sessions over the simulated network: time a tick, and bytes on the wire.
 *
 * Time is virtual there, so one tick follows the other at once and the processor knows them by
 * heart; `bench_input.ts` times the same turns in processes that sleep in between.
 *
 * @module
 */
import { NO_FAULTS } from "../../net/transport/link_faults.ts";
import { HEADER_BYTES } from "../../net/transport/relay_frames.ts";
import { digits, type Figure, mean, spreadOf } from "./bench_figure.ts";
import { BenchMatch, type TakeTurn } from "./bench_match.ts";

const TURN_US_WANTED = 1000;
const BYTES_PER_SECOND_WANTED = 2048;

/** A good line, and one that keeps rollback busy. */
const NEAR = { ...NO_FAULTS, delayMs: 20, jitterMs: 1 };
const FAR = { ...NO_FAULTS, delayMs: 120, jitterMs: 40, loss: 0.05 };

const ROUNDS = 5;

/** In these the compiler warms up, and the clocks become level. */
const WARM_UP_TICKS = 1200;

/** Measures times and traffic over so many ticks of each case; every case has matches of its own. */
export function benchSessions(ticks: number): Figure[] {
  return [...benchTurns(ticks), ...benchTraffic(ticks)];
}

function benchTurns(ticks: number): Figure[] {
  const cases = [
    { name: "2 players, 20 ms", players: 2, faults: NEAR },
    { name: "4 players, 20 ms", players: 4, faults: NEAR },
    { name: "4 players, 120-160 ms, 5 % loss", players: 4, faults: FAR },
  ].map(({ name, ...options }) => ({
    name,
    match: new BenchMatch(options),
    times: new TurnTimes(),
  }));
  for (const { match } of cases) match.playTo(WARM_UP_TICKS);
  for (let round = 1; round <= ROUNDS; round++) {
    const until = WARM_UP_TICKS + Math.ceil(round * ticks / ROUNDS);
    for (const { match, times } of cases) match.playTo(until, times.takeTurn);
  }
  return cases.flatMap(({ name, times: { advanceUs, turnUs } }) => {
    const note = `${turnUs.length} turns`;
    const rest = { unit: "us", note, wanted: TURN_US_WANTED };
    return [
      ...spreadOf(`advance, ${name}`, advanceUs, rest),
      ...spreadOf(`receive + advance, ${name}`, turnUs, rest),
    ];
  });
}

/** Times turns in which a tick is due. */
class TurnTimes {
  readonly advanceUs: number[] = [];
  /** With taking in what arrived. */
  readonly turnUs: number[] = [];

  readonly takeTurn: TakeTurn = (session, { arrived, nowMs, input }) => {
    const isDue = nowMs >= session.nextTickMs;
    const beganMs = performance.now();
    for (const received of arrived) session.receive(received);
    const receivedMs = performance.now();
    const packets = session.advance(nowMs, input);
    const endedMs = performance.now();
    if (isDue) {
      this.advanceUs.push((endedMs - receivedMs) * 1000);
      this.turnUs.push((endedMs - beganMs) * 1000);
    }
    return packets;
  };
}

function benchTraffic(ticks: number): Figure[] {
  return [
    ...[2, 3, 4].map((players) => ({ players, name: `${players} players` })),
    {
      players: 2,
      name: "2 players, each tick another input",
      // As a stick does that never rests: nothing to be summed up.
      input: (tick: number) => tick % 100,
    },
  ].flatMap(({ name, ...options }) => {
    const { players } = options;
    const match = new BenchMatch({ ...options, faults: NEAR });
    match.playTo(WARM_UP_TICKS);
    const beganMs = match.nowMs;
    const before = match.hosts.map(({ session }) => ({ ...session.stats }));
    match.playTo(WARM_UP_TICKS + ticks);
    const seconds = (match.nowMs - beganMs) / 1000;
    const perSecond = (key: "packetsOut" | "bytesOut" | "bytesIn") =>
      mean(
        match.hosts.map(({ session: { stats } }, at) =>
          (stats[key] - before[at][key]) / seconds
        ),
      );
    const packets = perSecond("packetsOut");
    const bytes = perSecond("bytesOut");
    const frames = packets * HEADER_BYTES;
    const received = perSecond("bytesIn") + frames * (players - 1);
    const rest = {
      unit: "B/s",
      ...(players === 2 && { wanted: BYTES_PER_SECOND_WANTED }),
    };
    return [
      {
        name: `packets sent, ${name}`,
        value: packets,
        unit: "1/s",
        note: `by each; ${digits(bytes / packets)} bytes each`,
      },
      {
        ...{ name: `bytes sent, ${name}`, value: bytes, ...rest },
        note: "by each, as the session makes them",
      },
      {
        name: `bytes sent over the relay, ${name}`,
        ...{ value: bytes + frames, ...rest },
        note: `by each, ${HEADER_BYTES} bytes a frame; ` +
          `${digits(received)} B/s received`,
      },
    ];
  });
}

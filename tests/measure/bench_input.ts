/**
 * Measures how long a player's input takes until it is in the other player's simulation.
 *
 * Two processes play real matches through a lobby's process, over the relay and over a broker at
 * the same time, so that whatever else the machine does meets both. How long an arrived input waits
 * for the next turn depends on how far the two hosts' ticks lie apart, which differs from match to
 * match: so there are several matches, and both directions count.
 *
 * @module
 */
import { ignoreWithoutBroker, startBroker } from "../support/broker.ts";
import { startLobbyProcess } from "../support/processes.ts";
import { digits, type Figure, mean, percentile } from "./bench_figure.ts";
import type { PlayerOrder, PlayerTimes, TickTimes } from "./bench_player.ts";

const TURN_MS_WANTED = 1;

/** Ticks that don't count: the compiler warms up, and the hosts become level. */
const WARM_UP_TICKS = 60;

/** Longest that players may take to start, meet and end. */
const PATIENCE_MS = 60_000;

export interface InputBenchOptions {
  readonly matches: number;
  /** Of each match. */
  readonly seconds: number;
}

/** Plays the matches, one after the other. Leaves out what needs a broker if none is installed. */
export async function benchInput(
  { matches, seconds }: InputBenchOptions,
): Promise<Figure[]> {
  await using stack = new AsyncDisposableStack();
  const broker = ignoreWithoutBroker() ? undefined : await startBroker();
  if (broker) stack.use(broker);
  const relay = stack.use(await startLobbyProcess());
  const amqp = broker &&
    stack.use(await startLobbyProcess(["--broker", broker.url]));
  const paths = [
    { name: "relay", port: relay.port },
    ...(amqp ? [{ name: "amqp", port: amqp.port }] : []),
  ].map((path) => ({ ...path, ways: new Ways() }));
  for (let match = 0; match < matches; match++) {
    await Promise.all(paths.map(async ({ port, ways }) => {
      ways.add(await playMatch({ port, seconds }));
    }));
  }
  return paths.flatMap(({ name, ways }) => figuresOf(name, ways));
}

type Pair = readonly [PlayerTimes, PlayerTimes];

async function playMatch(order: PlayerOrder): Promise<Pair> {
  const stop = new AbortController();
  const late = AbortSignal.timeout(order.seconds * 1000 + PATIENCE_MS);
  const signal = AbortSignal.any([stop.signal, late]);
  try {
    return await Promise.all([
      runPlayer(order, signal),
      runPlayer(order, signal),
    ]);
  } finally {
    // When one has failed, nobody is left for whom the other should wait.
    stop.abort();
  }
}

async function runPlayer(
  order: PlayerOrder,
  signal: AbortSignal,
): Promise<PlayerTimes> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "-A"],
      new URL("./bench_player.ts", import.meta.url).href,
      JSON.stringify(order),
    ],
    env: { DENO_NO_UPDATE_CHECK: "1" },
    stderr: "inherit",
    signal,
  }).output();
  if (!success) throw new Error("Cannot follow inputs: a player failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The ways of all inputs, in ms; one entry an input in each of the first four. */
class Ways {
  readonly all: number[] = [];
  readonly toTransport: number[] = [];
  readonly transport: number[] = [];
  readonly toTurn: number[] = [];
  /** Time of each turn. */
  readonly turn: number[] = [];
  /** Of each match and direction, the median of the whole way. */
  readonly medians: number[] = [];

  add([a, b]: Pair): void {
    this.#addWay(a, b);
    this.#addWay(b, a);
    for (const { turnMs } of [a, b]) {
      this.turn.push(...turnMs.slice(WARM_UP_TICKS));
    }
  }

  #addWay(from: PlayerTimes, to: PlayerTimes): void {
    const all: number[] = [];
    for (let tick = WARM_UP_TICKS; tick < to.appliedMs.length; tick++) {
      const at = (times: TickTimes) => times[tick] ?? NaN;
      const [sampledMs, sentMs] = [at(from.sampledMs), at(from.sentMs)];
      const [arrivedMs, appliedMs] = [at(to.arrivedMs), at(to.appliedMs)];
      if (Number.isNaN(sampledMs + sentMs + arrivedMs + appliedMs)) continue;
      all.push(appliedMs - sampledMs);
      this.toTransport.push(sentMs - sampledMs);
      this.transport.push(arrivedMs - sentMs);
      this.toTurn.push(appliedMs - arrivedMs);
    }
    this.all.push(...all);
    this.medians.push(percentile(all, 50));
  }
}

function figuresOf(path: string, ways: Ways): Figure[] {
  const { all, toTransport, transport, toTurn, turn, medians } = ways;
  const parts = [toTransport, transport, toTurn].map((times) =>
    digits(mean(times))
  );
  const way = (what: string, times: readonly number[], note: string) =>
    [50, 99].map((percent): Figure => ({
      name: `${path}: ${what}, p${percent}`,
      value: percentile(times, percent),
      unit: "ms",
      note: percent === 50 ? note : `max ${digits(percentile(times, 100))}`,
    }));
  const directions = medians.map((ms) => ms.toFixed(1)).join(" ");
  return [
    ...way(
      "input to the other's simulation",
      all,
      `mean ${digits(mean(all))} = ${parts.join(" + ")}: advance, way, wait`,
    ),
    ...way("- the way, send to arrival", transport, `${all.length} inputs`),
    ...way(
      "- the wait for the next turn",
      toTurn,
      `whole way by match and direction: ${directions}`,
    ),
    {
      name: `${path}: receive + advance in a process, p50`,
      value: percentile(turn, 50) * 1000,
      unit: "us",
      note: `${turn.length} turns of a fresh process, its compiler still cold`,
    },
    {
      name: `${path}: receive + advance in a process, p99`,
      value: percentile(turn, 99) * 1000,
      unit: "us",
      wanted: TURN_MS_WANTED * 1000,
      note: `max ${digits(percentile(turn, 100) * 1000)}`,
    },
  ];
}

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
import { soon } from "../support/waiting.ts";
import {
  digits,
  type Figure,
  mean,
  percentile,
  spreadOf,
} from "./bench_figure.ts";
import type { PlayerTimes, TickTimes } from "./bench_player.ts";
import { startOrdered } from "./ordered_process.ts";

const TURN_US_WANTED = 1000;

/** Ticks that don't count: the compiler warms up, and the hosts become level. */
const WARM_UP_TICKS = 60;

/** Plays the matches, one after the other. Leaves out what needs a broker if none is installed. */
export async function benchInput(
  matches: number,
  seconds: number,
): Promise<Figure[]> {
  await using stack = new AsyncDisposableStack();
  const broker = ignoreWithoutBroker()
    ? undefined
    : stack.use(await startBroker());
  const lobbies = new Map([["relay", stack.use(await startLobbyProcess())]]);
  if (broker) {
    const words = ["--broker", broker.url];
    lobbies.set("amqp", stack.use(await startLobbyProcess(words)));
  }
  const paths = [...lobbies]
    .map(([name, { port }]) => ({ name, port, ways: new Ways() }));
  for (let match = 0; match < matches; match++) {
    await Promise.all(paths.map(async ({ port, ways }) => {
      ways.add(await playMatch(port, seconds));
    }));
  }
  return paths.flatMap(({ name, ways }) => figuresOf(name, ways));
}

type Pair = readonly [PlayerTimes, PlayerTimes];

async function playMatch(port: number, seconds: number): Promise<Pair> {
  await using one = startOrdered("./bench_player.ts", [port, seconds]);
  await using other = startOrdered("./bench_player.ts", [port, seconds]);
  return await soon(
    Promise.all([one.answer(), other.answer()]),
    "The end of a match whose inputs are followed",
  );
}

/** The ways of all inputs, in ms; one entry an input in each of the first four. */
class Ways {
  readonly all: number[] = [];
  readonly toTransport: number[] = [];
  readonly transport: number[] = [];
  readonly toTurn: number[] = [];
  /** Time of each turn. */
  readonly turnUs: number[] = [];
  /** Of each match and direction, the median of the whole way. */
  readonly medians: number[] = [];

  add([a, b]: Pair): void {
    this.#addWay(a, b);
    this.#addWay(b, a);
    for (const { turnMs } of [a, b]) {
      const counted = turnMs.slice(WARM_UP_TICKS);
      this.turnUs.push(...counted.map((ms) => ms * 1000));
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
  const { all, toTransport, transport, toTurn, turnUs, medians } = ways;
  const parts = [toTransport, transport, toTurn].map((times) =>
    digits(mean(times))
  );
  const directions = medians.map((ms) => ms.toFixed(1)).join(" ");
  return [
    ...spreadOf(`${path}: input to the other's simulation`, all, {
      unit: "ms",
      note: `mean ${digits(mean(all))} = ${parts.join(" + ")}: ` +
        "advance, way, wait",
    }),
    ...spreadOf(`${path}: - the way, send to arrival`, transport, {
      unit: "ms",
      note: `${all.length} inputs`,
    }),
    ...spreadOf(`${path}: - the wait for the next turn`, toTurn, {
      unit: "ms",
      note: `whole way by match and direction: ${directions}`,
    }),
    ...spreadOf(`${path}: receive + advance in a process`, turnUs, {
      unit: "us",
      note: `${turnUs.length} turns of a fresh process, its compiler cold`,
      wanted: TURN_US_WANTED,
    }),
  ];
}

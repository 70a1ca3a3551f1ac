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
import type { PlayerTimes } from "./bench_player.ts";
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
    .map(([name, { port }]) => ({ name, port, played: [] as Pair[] }));
  for (let match = 0; match < matches; match++) {
    await Promise.all(paths.map(async ({ port, played }) => {
      played.push(await playMatch(port, seconds));
    }));
  }
  return paths.flatMap(({ name, played }) => figuresOf(name, played));
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

/** When each input of one was sampled, was sent, arrived at the other, and was applied, in ms. */
function waysOf(from: PlayerTimes, to: PlayerTimes): readonly number[][] {
  return to.appliedMs
    .map((appliedMs, tick) => [
      ...[from.sampledMs[tick], from.sentMs[tick]],
      ...[to.arrivedMs[tick], appliedMs],
    ])
    .slice(WARM_UP_TICKS)
    .map((way) => way.filter((ms) => typeof ms === "number"))
    .filter(({ length }) => length === 4);
}

function figuresOf(path: string, played: readonly Pair[]): Figure[] {
  const ways = played.flatMap(([a, b]) => [waysOf(a, b), waysOf(b, a)]);
  const [all, toTransport, transport, toTurn] = [[0, 3], [0, 1], [1, 2], [2, 3]]
    .map(([from, to]) => ways.flat().map((way) => way[to] - way[from]));
  const turnUs = played.flat()
    .flatMap(({ turnMs }) => turnMs.slice(WARM_UP_TICKS))
    .map((ms) => ms * 1000);
  const parts = [toTransport, transport, toTurn].map((times) =>
    digits(mean(times))
  );
  const medians = ways
    .map((way) => percentile(way.map(([from, , , to]) => to - from), 50));
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

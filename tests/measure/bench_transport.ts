/**
 * Measures how long a packet is under way from one player's process to another's.
 *
 * Both processes run on this machine and share its clock. Each adapter is compared with its floor,
 * the least that the same way costs: a process that copies bytes over TCP for the relay, the bare
 * client library for AMQP. The paths take turns, so that whatever else the machine does meets all.
 *
 * @module
 */
import { keepExchange } from "../../net/transport/amqp.ts";
import { ignoreWithoutBroker, startBroker } from "../support/broker.ts";
import { startLobbyProcess } from "../support/processes.ts";
import { last } from "../support/waiting.ts";
import { digits, type Figure, percentile } from "./bench_figure.ts";
import type { BenchPlaces } from "./bench_member.ts";
import { startOrdered } from "./ordered_process.ts";

/** In the order in which they run; each adapter with what it is compared with, a floor with nothing. */
const PATHS: Readonly<Record<string, string | undefined>> = {
  "tcp": undefined,
  "relay": "tcp",
  "amqplib": undefined,
  "amqp": "amqplib",
  "amqp-signed": "amqplib",
};
const TIMES_FLOOR_WANTED = 1.25;

const PACKETS_PER_SECOND = 60;

/** How often the paths take turns. */
const ROUNDS = 8;

/** Packets of the first round, in which the compiler warms up; they don't count. */
const WARM_UP_PACKETS = 120;

/** Time for the last packets to arrive before they are collected. */
const SETTLE_MS = 200;

/** Measures every path for `seconds`; leaves out what needs a broker if none is installed. */
export async function benchTransports(seconds: number): Promise<Figure[]> {
  await using stack = new AsyncDisposableStack();
  const broker = ignoreWithoutBroker()
    ? undefined
    : stack.use(await startBroker());
  if (broker) stack.use(await keepExchange({ url: broker.url }));
  const member = (role: string, places?: BenchPlaces) => {
    const words = [role, JSON.stringify(places)];
    return stack.use(startOrdered("./bench_member.ts", words));
  };
  const places: BenchPlaces = {
    copyPort: await member("copy").answer(),
    lobbyPort: stack.use(await startLobbyProcess()).port,
    brokerUrl: broker?.url,
  };
  // The relay gives slots in the order of joining, so the sender goes first.
  const [sender, receiver] = [
    member("send", places),
    member("receive", places),
  ];
  await Promise.all([sender.answer(), receiver.answer()]);

  const run = async (
    path: string,
    packets: number,
  ): Promise<readonly number[]> => {
    await sender.tell(`send ${path} ${packets}`);
    await sender.answer();
    await last(SETTLE_MS);
    await receiver.tell(`collect ${path}`);
    return await receiver.answer();
  };
  const paths = Object.keys(PATHS)
    .filter((path) => broker || !path.startsWith("amqp"));
  const timesMs = new Map(paths.map((path) => [path, [] as number[]]));
  const packets = Math.ceil(seconds * PACKETS_PER_SECOND / ROUNDS);
  for (const path of paths) await run(path, WARM_UP_PACKETS);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [path, all] of timesMs) all.push(...await run(path, packets));
  }
  return paths.flatMap((path) => figuresOf(path, timesMs, packets * ROUNDS));
}

function figuresOf(
  path: string,
  timesMs: ReadonlyMap<string, readonly number[]>,
  sent: number,
): Figure[] {
  const floor = PATHS[path];
  const of = (path: string, percent: number) =>
    percentile(timesMs.get(path) ?? [], percent);
  const value = of(path, 50);
  return [
    {
      name: `${floor ? path : `floor of the next: ${path}`}, one way, p50`,
      ...{ value, unit: "ms" },
      note: `p99 ${digits(of(path, 99))}, max ${digits(of(path, 100))}, ` +
        `${timesMs.get(path)?.length} of ${sent} arrived`,
    },
    ...(floor === undefined ? [] : [{
      name: `${path} as a multiple of its floor, p50`,
      ...{ value: value / of(floor, 50), unit: "x" },
      ...{ wanted: TIMES_FLOOR_WANTED, note: "" },
    }]),
  ];
}

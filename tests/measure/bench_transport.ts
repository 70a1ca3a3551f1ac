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
import { percentile } from "./bench_figure.ts";
import { type BenchPlaces, type Path, PATHS } from "./bench_member.ts";
import { type OrderedProcess, startOrdered } from "./ordered_process.ts";

/** What was measured of one path. */
export interface TransportTimes {
  readonly path: Path;
  readonly sent: number;
  readonly arrived: number;
  /** One-way times in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** The median as a multiple of the floor's; absent for a floor. */
  readonly timesFloor?: number;
}

/** What each adapter is compared with. */
const FLOORS = {
  relay: "tcp",
  amqp: "amqplib",
  "amqp-signed": "amqplib",
} as const;

const PACKETS_PER_SECOND = 60;

/** How often the paths take turns. */
const ROUNDS = 8;

/** Packets of the first round, in which the compiler warms up; they don't count. */
const WARM_UP_PACKETS = 120;

/** Time for the last packets to arrive before they are collected. */
const SETTLE_MS = 200;

/** Measures every path for `seconds`; leaves out what needs a broker if none is installed. */
export async function benchTransports(
  { seconds }: { readonly seconds: number },
): Promise<readonly TransportTimes[]> {
  await using stack = new AsyncDisposableStack();
  const broker = ignoreWithoutBroker() ? undefined : await startBroker();
  if (broker !== undefined) {
    stack.use(broker);
    stack.use(await keepExchange({ url: broker.url }));
  }
  const brokerUrl = broker?.url;
  const copy = stack.use(spawnMember("copy"));
  const lobby = stack.use(spawnMember("lobby"));
  const places: BenchPlaces = {
    copyPort: JSON.parse(await copy.answer()),
    lobbyPort: JSON.parse(await lobby.answer()),
    brokerUrl,
  };
  // The relay gives slots in the order of joining, so the sender goes first.
  const sender = stack.use(spawnMember("send", places));
  const receiver = stack.use(spawnMember("receive", places));
  await Promise.all([sender.answer(), receiver.answer()]);

  const paths = PATHS.filter((path) => brokerUrl || !path.startsWith("amqp"));
  const times = new Map<Path, number[]>(paths.map((path) => [path, []]));
  const run = async (path: Path, packets: number) => {
    await sender.tell(`send ${path} ${packets}`);
    await sender.answer();
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    await receiver.tell(`collect ${path}`);
    const times: readonly number[] = JSON.parse(await receiver.answer());
    return times;
  };
  const packets = Math.ceil(seconds * PACKETS_PER_SECOND / ROUNDS);
  for (const path of paths) await run(path, WARM_UP_PACKETS);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [path, all] of times) all.push(...await run(path, packets));
  }

  const medians = new Map(
    [...times].map(([path, all]) => [path, percentile(all, 50)]),
  );
  return [...times].map(([path, all]) => {
    const floorMs = path in FLOORS
      ? medians.get(FLOORS[path as keyof typeof FLOORS])
      : undefined;
    const p50Ms = percentile(all, 50);
    return {
      path,
      sent: packets * ROUNDS,
      arrived: all.length,
      p50Ms,
      p99Ms: percentile(all, 99),
      maxMs: percentile(all, 100),
      ...(floorMs === undefined ? {} : { timesFloor: p50Ms / floorMs }),
    };
  });
}

function spawnMember(role: string, places?: BenchPlaces): OrderedProcess {
  const words = places ? [role, JSON.stringify(places)] : [role];
  return startOrdered(new URL("./bench_member.ts", import.meta.url), words);
}

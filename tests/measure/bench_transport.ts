/**
 * Measures how long a packet is under way from one player's process to another's.
 *
 * Both processes run on this machine and share its clock. Each adapter is compared with its floor,
 * the least that the same way costs: a process that copies bytes over TCP for the relay, the bare
 * client library for AMQP. The paths take turns, so that whatever else the machine does meets all.
 *
 * Run it with `deno run -A tests/measure/bench_transport.ts [seconds]`.
 *
 * @module
 */
import { keepExchange } from "../../net/transport/amqp.ts";
import { ignoreWithoutBroker, startBroker } from "../support/broker.ts";
import {
  type BenchPlaces,
  type Path,
  PATHS,
  readLines,
} from "./bench_member.ts";

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

const TITLES: Readonly<Record<Path, string>> = {
  tcp: "TCP through a copying process",
  relay: "relay",
  amqplib: "bare amqplib",
  amqp: "amqp",
  "amqp-signed": "amqp, signed",
};

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
    copyPort: await copy.answer() as number,
    lobbyPort: await lobby.answer() as number,
    brokerUrl,
  };
  // The relay gives slots in the order of joining, so the sender goes first.
  const sender = stack.use(spawnMember("send", places));
  const receiver = stack.use(spawnMember("receive", places));
  await Promise.all([sender.answer(), receiver.answer()]);

  const paths = PATHS.filter((path) => brokerUrl || !path.startsWith("amqp"));
  const times = new Map<Path, number[]>(paths.map((path) => [path, []]));
  const run = async (path: Path, packets: number) => {
    await sender.order(`send ${path} ${packets}`);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    return await receiver.order(`collect ${path}`) as readonly number[];
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

/** Makes a table for people. */
function formatTransportTimes(
  results: readonly TransportTimes[],
): string {
  const rows = [
    ["one way, ms", "p50", "p99", "max", "arrived", "x floor"],
    ...results.map((result) => [
      TITLES[result.path],
      result.p50Ms.toFixed(3),
      result.p99Ms.toFixed(3),
      result.maxMs.toFixed(3),
      `${result.arrived}/${result.sent}`,
      result.timesFloor?.toFixed(2) ?? "",
    ]),
  ];
  const widths = rows[0].map((_, i) =>
    Math.max(...rows.map((r) => r[i].length))
  );
  return rows.map((row) =>
    row.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])
    ).join("  ")
  ).join("\n");
}

interface MemberProcess extends AsyncDisposable {
  /** Returns the next line that it says. */
  answer(): Promise<unknown>;
  /** Gives it an order and returns its answer. */
  order(line: string): Promise<unknown>;
}

function spawnMember(role: string, places?: BenchPlaces): MemberProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "-A",
      new URL("./bench_member.ts", import.meta.url).href,
      role,
      ...(places ? [JSON.stringify(places)] : []),
    ],
    env: { DENO_NO_UPDATE_CHECK: "1" },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const orders = child.stdin.getWriter();
  const lines = readLines(child.stdout);
  const answer = async () => {
    const { value } = await lines.next();
    if (typeof value !== "string") {
      throw new Error(`The "${role}" process of the benchmark ended early`);
    }
    return JSON.parse(value);
  };
  return {
    answer,
    async order(line) {
      await orders.write(new TextEncoder().encode(`${line}\n`));
      return await answer();
    },
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await child.status;
      await lines.return(undefined);
      await orders.abort().catch(
        () => {/* The pipe is gone with its reader. */},
      );
    },
  };
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const index = Math.ceil(sorted.length * percent / 100) - 1;
  return sorted[Math.max(0, index)] ?? NaN;
}

if (import.meta.main) {
  const results = await benchTransports({
    seconds: Number(Deno.args[0] ?? 20),
  });
  const text = `${formatTransportTimes(results)}\n${JSON.stringify(results)}\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

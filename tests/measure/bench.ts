/**
 * `deno task bench`: all that the project promises in numbers, measured in one run on one machine.
 *
 * It judges but doesn't fail: on a machine that does other things too, a figure is no proof. What is
 * compared is measured side by side, and the table says what else was going on.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option } from "commander";
import { brokerInstalled } from "../support/broker.ts";
import { type Figure, formatFigures, verdictOf } from "./bench_figure.ts";
import { benchGame } from "./bench_game.ts";
import { benchHeap } from "./bench_heap.ts";
import { benchInput } from "./bench_input.ts";
import { benchPage } from "./bench_page.ts";
import { benchSessions } from "./bench_session.ts";
import { benchTransports, type TransportTimes } from "./bench_transport.ts";

const TIMES_FLOOR_WANTED = 1.25;

/** How much is measured. */
interface Scale {
  readonly gameRounds: number;
  readonly sessionTicks: number;
  readonly heapTicks: number;
  /** Of each path. */
  readonly transportSeconds: number;
  readonly inputMatches: number;
  readonly inputSeconds: number;
  readonly pageTicks: number;
}

const FULL: Scale = {
  gameRounds: 100,
  sessionTicks: 20_000,
  heapTicks: 1_000_000,
  transportSeconds: 10,
  inputMatches: 4,
  inputSeconds: 8,
  pageTicks: 5_400,
};

const QUICK: Scale = {
  gameRounds: 20,
  sessionTicks: 2_000,
  heapTicks: 100_000,
  transportSeconds: 1,
  inputMatches: 1,
  inputSeconds: 4,
  pageTicks: 900,
};

interface Section {
  readonly id: string;
  readonly title: string;
  readonly run: (scale: Scale) => Figure[] | Promise<Figure[]>;
}

const SECTIONS: readonly Section[] = [
  {
    id: "game",
    title: "Rules and rollback",
    run: ({ gameRounds }) => benchGame({ rounds: gameRounds }),
  },
  {
    id: "session",
    title: "Sessions over a simulated network",
    run: ({ sessionTicks }) => benchSessions({ ticks: sessionTicks }),
  },
  {
    id: "heap",
    title: "Memory over a long match in virtual time",
    run: ({ heapTicks }) => benchHeap({ ticks: heapTicks }),
  },
  {
    id: "transport",
    title: "Packets between two processes, and the least that their way costs",
    run: async ({ transportSeconds }) =>
      (await benchTransports({ seconds: transportSeconds }))
        .flatMap(figuresOf),
  },
  {
    id: "input",
    title: "Inputs between two processes that play a match",
    run: ({ inputMatches, inputSeconds }) =>
      benchInput({ matches: inputMatches, seconds: inputSeconds }),
  },
  {
    id: "page",
    title: "A page that shows a match",
    run: ({ pageTicks }) => benchPage({ ticks: pageTicks }),
  },
];

/** What ran where: figures mean little without it. */
interface Machine {
  readonly os: string;
  readonly processor: string;
  readonly cores: number;
  /** Waiting and running processes over the last minute, before the run. */
  readonly load: number;
  readonly deno: string;
  readonly v8: string;
  readonly at: string;
}

/** The whole run, as `--json` writes it. */
interface BenchReport {
  readonly machine: Machine;
  readonly isQuick: boolean;
  readonly skipped: readonly string[];
  readonly sections: readonly {
    readonly id: string;
    readonly title: string;
    readonly seconds: number;
    readonly figures: readonly Figure[];
  }[];
}

function figuresOf(times: TransportTimes): Figure[] {
  const { path, sent, arrived, p50Ms, p99Ms, maxMs, timesFloor } = times;
  const isFloor = timesFloor === undefined;
  return [
    {
      name: `${isFloor ? `floor of the next: ${path}` : path}, one way, p50`,
      value: p50Ms,
      unit: "ms",
      note: `p99 ${p99Ms.toFixed(3)}, max ${maxMs.toFixed(3)}, ` +
        `${arrived} of ${sent} arrived`,
    },
    ...(isFloor ? [] : [{
      name: `${path} as a multiple of its floor, p50`,
      value: timesFloor,
      unit: "x",
      wanted: TIMES_FLOOR_WANTED,
      note: "",
    }]),
  ];
}

async function run(
  sections: readonly Section[],
  isQuick: boolean,
): Promise<BenchReport> {
  const machine = describeMachine();
  const results = [];
  for (const { id, title, run } of sections) {
    say(`${id}: ${title} ...`);
    const beganMs = performance.now();
    const figures = await run(isQuick ? QUICK : FULL);
    const seconds = (performance.now() - beganMs) / 1000;
    say(`${id}: done in ${seconds.toFixed(1)} s`);
    results.push({
      id,
      title,
      seconds,
      figures: figures.map((figure) => ({
        ...figure,
        verdict: verdictOf(figure),
      })),
    });
  }
  const needBroker = ["transport", "input"];
  const skipped = brokerInstalled() ? [] : sections
    .filter(({ id }) => needBroker.includes(id))
    .map(({ id }) => `${id} over amqp: no rabbitmq-server is installed`);
  return { machine, isQuick, skipped, sections: results };
}

function describeMachine(): Machine {
  return {
    os: `${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}`,
    processor: processorName(),
    cores: navigator.hardwareConcurrency,
    load: Deno.loadavg()[0],
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    at: new Date().toISOString(),
  };
}

function processorName(): string {
  try {
    const text = Deno.readTextFileSync("/proc/cpuinfo");
    return /^model name\s*: (.+)$/m.exec(text)?.[1] ?? "unknown";
  } catch {
    return "unknown"; // Only Linux tells it in a file.
  }
}

function format(report: BenchReport): string {
  const { machine, sections, skipped, isQuick } = report;
  const { os, processor, cores, load, deno, v8, at } = machine;
  const head = [
    `${at}  Deno ${deno} (V8 ${v8})  ${os}`,
    `${cores} cores (${processor}), load ${load.toFixed(2)} before the run`,
    ...(isQuick ? ["A quick run: few samples, rough figures."] : []),
    ...skipped.map((what) => `SKIPPED: ${what}`),
  ].join("\n");
  const tables = sections.map(({ title, figures }) =>
    `${title}\n${formatFigures(figures)}`
  );
  return [head, ...tables].join("\n\n");
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

function parseIds(text: string): readonly Section[] {
  return text.split(",").map((id) => {
    const section = SECTIONS.find((section) => section.id === id);
    if (section) return section;
    throw new InvalidArgumentError(`There are: ${ids(", ")}.`);
  });
}

function ids(separator: string): string {
  return SECTIONS.map(({ id }) => id).join(separator);
}

if (import.meta.main) {
  const program = new Command("deno task bench")
    .description("Measure all that the project promises in numbers.")
    .option("--quick", "fewer samples: a minute or two instead of five", false)
    .addOption(
      new Option("--only <sections>", "some of " + ids(","))
        .argParser(parseIds)
        .default(SECTIONS, "all"),
    )
    .option("--json <file>", "write the figures there; - is standard output")
    .addHelpText(
      "after",
      "\nExample:\n  deno task bench --quick --only game,session",
    )
    .parse(Deno.args, { from: "user" });
  const { quick, only, json } = program.opts();
  const report = await run(only, quick);
  const text = JSON.stringify(report, null, 2) + "\n";
  if (json === "-") {
    // The table then goes where it doesn't disturb who reads the figures.
    say(format(report));
    Deno.stdout.writeSync(new TextEncoder().encode(text));
  } else {
    const table = format(report) + "\n";
    Deno.stdout.writeSync(new TextEncoder().encode(table));
    if (json !== undefined) Deno.writeTextFileSync(json, text);
  }
}

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
import { benchTransports } from "./bench_transport.ts";

interface Section {
  readonly id: string;
  readonly title: string;
  readonly run: (isQuick: boolean) => Figure[] | Promise<Figure[]>;
}

const SECTIONS: readonly Section[] = [
  {
    id: "game",
    title: "Rules and rollback",
    run: (isQuick) => benchGame(isQuick ? 20 : 100),
  },
  {
    id: "session",
    title: "Sessions over a simulated network",
    run: (isQuick) => benchSessions(isQuick ? 2_000 : 20_000),
  },
  {
    id: "heap",
    title: "Memory over a long match in virtual time",
    run: (isQuick) => benchHeap(isQuick ? 100_000 : 1_000_000),
  },
  {
    id: "transport",
    title: "Packets between two processes, and the least that their way costs",
    run: (isQuick) => benchTransports(isQuick ? 1 : 10),
  },
  {
    id: "input",
    title: "Inputs between two processes that play a match",
    run: (isQuick) => isQuick ? benchInput(1, 4) : benchInput(4, 8),
  },
  {
    id: "page",
    title: "A page that shows a match",
    run: (isQuick) => benchPage(isQuick ? 900 : 5_400),
  },
];

/** Figures mean little without what ran where. */
type BenchReport = Awaited<ReturnType<typeof run>>;

async function run(sections: readonly Section[], isQuick: boolean) {
  const machine = {
    os: `${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}`,
    processor: processorName(),
    cores: navigator.hardwareConcurrency,
    /** Waiting and running processes over the last minute, before the run. */
    load: Deno.loadavg()[0],
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    at: new Date().toISOString(),
  };
  const results = [];
  for (const { id, title, run } of sections) {
    say(`${id}: ${title} ...`);
    const beganMs = performance.now();
    const figures = await run(isQuick);
    const seconds = (performance.now() - beganMs) / 1000;
    say(`${id}: done in ${seconds.toFixed(1)} s`);
    const judged = figures.map((it) => ({ ...it, verdict: verdictOf(it) }));
    results.push({ id, title, seconds, figures: judged });
  }
  const skipped = sections.map(({ id }) => id)
    .filter((id) => ["transport", "input"].includes(id) && !brokerInstalled())
    .map((id) => `${id} over amqp: no rabbitmq-server is installed`);
  return { machine, isQuick, skipped, sections: results };
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
  const table = format(report);
  // The table goes where it doesn't disturb who reads the figures.
  if (json === "-") say(table);
  const output = json === "-" ? text : table + "\n";
  Deno.stdout.writeSync(new TextEncoder().encode(output));
  if (json && json !== "-") Deno.writeTextFileSync(json, text);
}

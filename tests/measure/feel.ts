/**
 * `deno task feel`: how a match feels over networks from perfect to poor, by what its players see.
 *
 * @module
 */
import { Command, Option } from "commander";
import { type Device, DEVICES } from "./feel_human.ts";
import { type FeelFigures, figuresOf } from "./feel_figures.ts";
import { type FeelMatch, type Loss, playFeelMatch } from "./feel_match.ts";

const LOSSES: Readonly<Record<string, Loss>> = {
  none: { kind: "uniform", share: 0 },
  "5 %": { kind: "uniform", share: 0.05 },
  "10 %": { kind: "uniform", share: 0.1 },
  "20 %": { kind: "uniform", share: 0.2 },
  "bursts 5 %": { kind: "bursts", share: 0.05 },
  "bursts 10 %": { kind: "bursts", share: 0.1 },
};

/** One line of the table and of the file: which matches, and what was seen in them. */
interface FeelRow extends Omit<FeelMatch, "loss" | "seed" | "forMs"> {
  readonly loss: string;
  readonly figures: FeelFigures;
}

/** Headings of the table, and what stands below them. */
const COLUMNS: readonly (readonly [string, (it: FeelFigures) => string])[] = [
  ["rollbacks/s", (it) => it.rollbacksPerS.toFixed(1)],
  ["depth", (it) => it.depthTicks.toFixed(1)],
  ["stalled %", (it) => it.stalledPercent.toFixed(1)],
  ["corrections/min", (it) => it.correctionsPerMin.toFixed(0)],
  ["own misses %", (it) => worst(it.ownMissPercent, it.ownMissWorst)],
  ["remote misses %", (it) => worst(it.remoteMissPercent, it.remoteMissWorst)],
  ["through/min", (it) => it.throughPerMin.toFixed(2)],
  ["false goals/min", (it) => it.falseGoalsPerMin.toFixed(2)],
  ["jumps/min", (it) => worst(it.jumpsPerMin, it.jumpWorst)],
  ["certain ms", (it) => it.confirmedMs.toFixed(0)],
  ["goal shown ms", (it) => worst(it.goalMs, it.goalMsWorst)],
];

function worst(value: number, worst: number): string {
  return Number.isNaN(value)
    ? "–"
    : `${value.toFixed(1)} (${worst.toFixed(0)})`;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** What is being done, for whoever waits; it isn't part of the table. */
function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

const program = new Command("deno task feel")
  .description("Measure what players see; worst values stand in brackets.")
  .option("--seeds <n>", "how many matches of each kind", Number, 1)
  .option("--seconds <n>", "how long each of them is", Number, 30)
  .addOption(
    new Option("--players <n...>", "how many play")
      .choices(["2", "4"]).default(["2", "4"]),
  )
  .addOption(
    new Option("--devices <name...>", "what they play with")
      .choices(DEVICES).default([...DEVICES]),
  )
  .addOption(
    new Option("--delays <ms...>", "one way")
      .default(["0", "50", "100", "150", "200"]),
  )
  .addOption(
    new Option("--losses <kind...>", "of packets")
      .choices(Object.keys(LOSSES)).default(Object.keys(LOSSES)),
  )
  .option("--json <file>", "where to write all figures")
  .parse(Deno.args, { from: "user" });

const { seeds, seconds, players, devices, delays, losses, json } = program
  .opts<{
    readonly seeds: number;
    readonly seconds: number;
    readonly players: readonly string[];
    readonly devices: readonly Device[];
    readonly delays: readonly string[];
    readonly losses: readonly string[];
    readonly json?: string;
  }>();
const kinds = players.flatMap((count) =>
  devices.flatMap((device) =>
    losses.flatMap((loss) =>
      delays.map((delay) => ({
        ...{ players: Number(count), device, loss, delayMs: Number(delay) },
      }))
    )
  )
);
const rows: FeelRow[] = [];
for (const kind of kinds) {
  const { loss } = kind;
  const figures = figuresOf(Array.from(
    { length: seeds },
    (_, i) =>
      playFeelMatch({
        ...kind,
        ...{ loss: LOSSES[loss], seed: i + 1, forMs: seconds * 1000 },
      }),
  ));
  rows.push({ ...kind, figures });
  if (rows.length % 10 === 0) say(`${rows.length} of ${kinds.length}`);
}
const heads = ["players", "device", "loss", "one way, ms"];
print(tableLine([...heads, ...COLUMNS.map(([head]) => head)]));
print(tableLine([...heads, ...COLUMNS].map(() => "---")));
for (const { players, device, loss, delayMs, figures } of rows) {
  const cells = COLUMNS.map(([, cell]) => cell(figures));
  print(tableLine([players, device, loss, delayMs, ...cells]));
}
if (json !== undefined) {
  const text = JSON.stringify({ seeds, seconds, rows }, null, 2);
  Deno.writeTextFileSync(json, `${text}\n`);
}

function tableLine(cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}

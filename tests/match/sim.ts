/**
 * `deno task sim`: whole matches in virtual time, each from one seed; a failing seed replays alone.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option } from "commander";
import type { History } from "./sim_kinds.ts";
import { playAll } from "./sim_pool.ts";

/** A line of progress at most this often. */
const PROGRESS_MS = 5_000;

function parseSeeds(text: string): readonly number[] {
  const [, first, last = first] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  const count = Number(last) - Number(first) + 1;
  if (count > 0) {
    return Array.from({ length: count }, (_, i) => Number(first) + i);
  }
  throw new InvalidArgumentError("Write it as 1..500, or 7 for one seed.");
}

/** Plays each seed on all cores; returns how many histories failed. */
async function playSeeds(
  seeds: readonly number[],
  kinds: readonly History["kind"][],
  players: number | undefined,
): Promise<number> {
  const beganMs = performance.now();
  let saidMs = beganMs;
  let done = 0;
  let failed = 0;
  const histories: readonly History[] = seeds
    .flatMap((seed) => kinds.map((kind) => ({ seed, kind, players })));
  await playAll(histories, ({ seed, kind }, { failures, story }) => {
    done++;
    if (failures.length > 0 || seeds.length === 1) {
      print(JSON.stringify({ seed, kind, failures, story }, null, 2));
    }
    if (failures.length > 0) {
      failed++;
      const who = players === undefined ? "" : ` --players ${players}`;
      print(`replay it: deno task sim --seeds ${seed} --kind ${kind}${who}`);
    }
    const nowMs = performance.now();
    if (nowMs - saidMs < PROGRESS_MS && done < histories.length) return;
    saidMs = nowMs;
    const doneSeeds = done / kinds.length;
    const perSecond = doneSeeds / (nowMs - beganMs) * 1000;
    print(
      `${Math.floor(doneSeeds)} of ${seeds.length} seeds, ` +
        `${failed} failed, ${perSecond.toFixed(1)} a second`,
    );
  });
  return failed;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

const program = new Command("deno task sim")
  .description("Play whole matches in virtual time; each seed is one history.")
  .addOption(
    new Option("--seeds <a..b>", "which seeds")
      .argParser(parseSeeds).default(parseSeeds("1..500"), "1..500"),
  )
  .addOption(
    new Option("--players <n>", "how many play; by the seed if not given")
      .choices(["2", "3", "4"]),
  )
  .addOption(
    new Option(
      "--kind <kind>",
      "a bad network, faults of every kind, naps of up to an hour, faults and a liar; without it the first two",
    ).choices(["match", "faults", "naps", "lies"] as const),
  )
  .addHelpText("after", "\nExample:\n  deno task sim --seeds 1..500")
  .parse(Deno.args, { from: "user" });
const { seeds, players, kind } = program.opts();
const kinds: readonly History["kind"][] = kind ? [kind] : ["match", "faults"];
const failed = await playSeeds(seeds, kinds, players && Number(players));
if (failed > 0) Deno.exitCode = 1;

/**
 * `deno task sim`: whole matches in virtual time, each from one seed; a failing seed replays alone.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option } from "commander";
import type { History, KINDS } from "./sim_kinds.ts";
import { playAll } from "./sim_pool.ts";

/** A line of progress at most this often. */
const PROGRESS_MS = 5_000;

interface SeedRange {
  readonly first: number;
  readonly last: number;
}

function parseSeeds(text: string): SeedRange {
  const match = /^(\d+)(?:\.\.(\d+))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (!match || last < first) {
    throw new InvalidArgumentError("Write it as 1..500, or 7 for one seed.");
  }
  return { first, last };
}

/** Plays each seed of the range on all cores; returns how many histories failed. */
async function playSeeds(
  { first, last }: SeedRange,
  { players, kinds }: {
    readonly players: number | undefined;
    readonly kinds: readonly (keyof typeof KINDS)[];
  },
): Promise<number> {
  const beganMs = performance.now();
  const inAll = (last - first + 1) * kinds.length;
  let saidMs = beganMs;
  let done = 0;
  let failed = 0;
  const histories = historiesOf({ first, last }, { players, kinds });
  await playAll(histories, ({ seed, kind }, { failures, story }) => {
    done++;
    if (failures.length > 0 || first === last) {
      print({ seed, kind, failures, story });
    }
    if (failures.length > 0) {
      failed++;
      const who = players === undefined ? "" : ` --players ${players}`;
      print(`replay it: deno task sim --seeds ${seed} --kind ${kind}${who}`);
    }
    const nowMs = performance.now();
    if (nowMs - saidMs < PROGRESS_MS && done < inAll) return;
    saidMs = nowMs;
    const perSecond = (done / kinds.length / ((nowMs - beganMs) / 1000))
      .toFixed(1);
    const seeds = Math.floor(done / kinds.length);
    print(
      `${seeds} of ${
        last - first + 1
      } seeds, ${failed} failed, ${perSecond} a second`,
    );
  });
  return failed;
}

function* historiesOf(
  { first, last }: SeedRange,
  { players, kinds }: {
    readonly players: number | undefined;
    readonly kinds: readonly (keyof typeof KINDS)[];
  },
): Generator<History> {
  for (let seed = first; seed <= last; seed++) {
    for (const kind of kinds) yield { seed, kind, players };
  }
}

function print(what: unknown): void {
  const text = typeof what === "string" ? what : JSON.stringify(what, null, 2);
  Deno.stdout.writeSync(new TextEncoder().encode(text + "\n"));
}

const program = new Command("deno task sim")
  .description("Play whole matches in virtual time; each seed is one history.")
  .option("--seeds <a..b>", "which seeds", parseSeeds, { first: 1, last: 500 })
  .addOption(
    new Option("--players <n>", "how many play; by the seed if not given")
      .choices(["2", "3", "4"]),
  )
  .addOption(
    new Option(
      "--kind <kind>",
      "a bad network, faults of every kind, naps of up to an hour; without it the first two",
    ).choices(["match", "faults", "naps"]),
  )
  .addHelpText("after", "\nExample:\n  deno task sim --seeds 1..500")
  .parse(Deno.args, { from: "user" });
const { seeds, players, kind } = program.opts();
const failed = await playSeeds(seeds, {
  players: players && Number(players),
  kinds: kind ? [kind] : ["match", "faults"],
});
if (failed > 0) Deno.exitCode = 1;

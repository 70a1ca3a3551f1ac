/**
 * `deno task fuzz --member`: thousands of matches in which one member tells a lie, each from one
 * seed. Prints what must not happen and did, with the seed that tells it again, and how often.
 *
 * @module
 */
import { Command } from "commander";
import type { History } from "./sim_kinds.ts";
import { playAll } from "./sim_pool.ts";

const PROGRESS_MS = 10_000;
/** So many seeds of each kind of violation are printed. */
const SEEDS_PRINTED = 4;

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

const program = new Command("deno task fuzz --member")
  .description("Play matches in which one member tells a lie.")
  .option("--member", "what a member may say, instead of a lobby's clients")
  .option("--lies <n>", "how many", Number, 10_000)
  .option("--seed <n>", "the first one", Number, 1)
  .parse(Deno.args, { from: "user" });
const { lies, seed: first } = program.opts();
const histories = Array.from(
  { length: lies },
  (_, i): History => ({ kind: "lie", seed: first + i }),
);
const seen = new Map<string, number>();
const beganMs = performance.now();
let [done, failed, saidMs] = [0, 0, beganMs];
await playAll(histories, ({ seed }, { failures, counters, story }) => {
  done++;
  if (failures.length > 0) failed++;
  if (lies === 1) print(JSON.stringify(story, null, 2));
  const { told: _, ...phase } = counters;
  for (const failure of failures) {
    const kind = `${failure} [${Object.keys(phase)}]`;
    const count = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, count);
    if (count > SEEDS_PRINTED) continue;
    print(`${kind}: deno task fuzz --member --lies 1 --seed ${seed}`);
    print(`    ${JSON.stringify(story)}`);
  }
  const nowMs = performance.now();
  if (nowMs - saidMs < PROGRESS_MS && done < lies) return;
  saidMs = nowMs;
  const perSecond = (done / (nowMs - beganMs) * 1000).toFixed(1);
  print(`${done} of ${lies} lies, ${failed} failed, ${perSecond} a second`);
});
for (const [kind, count] of [...seen].sort(([, a], [, b]) => b - a)) {
  print(`${String(count).padStart(6)} ${kind}`);
}
if (failed > 0) Deno.exitCode = 1;

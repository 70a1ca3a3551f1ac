/**
 * `deno task sim`: whole matches in virtual time, each from one seed; a failing seed replays alone.
 * With `--evidence FILE` it replays what a process saved when two hosts disagreed.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option } from "commander";
import { createPong } from "../game/pong.ts";
import type { Evidence } from "../net/evidence.ts";
import { createScenario, simulate } from "./simulation.ts";

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

/** Plays each seed of the range; returns those that failed. */
function simulateSeeds({ first, last }: SeedRange, players?: number): number[] {
  const failed: number[] = [];
  const beganMs = performance.now();
  let saidMs = beganMs;
  let ticks = 0;
  let rollbacks = 0;
  for (let seed = first; seed <= last; seed++) {
    const scenario = createScenario(seed, players);
    const { failures, hosts, virtualMs } = simulate(scenario);
    for (const { hashes, session } of hosts) {
      ticks += hashes.length;
      rollbacks += session.play?.rollbacks ?? 0;
    }
    if (failures.length > 0 || first === last) {
      print({ seed, scenario, virtualMs: Math.round(virtualMs), failures });
    }
    if (failures.length > 0) {
      failed.push(seed);
      const players = scenario.rules.players;
      print(`replay it: deno task sim --seeds ${seed} --players ${players}`);
    }
    const nowMs = performance.now();
    if (nowMs - saidMs < PROGRESS_MS && seed < last) continue;
    saidMs = nowMs;
    const done = seed - first + 1;
    const perSecond = Math.round(done / ((nowMs - beganMs) / 1000));
    print(
      `${done} of ${last - first + 1} seeds, ${failed.length} failed, ` +
        `${perSecond} a second, ${ticks} confirmed ticks, ${rollbacks} rollbacks`,
    );
  }
  return failed;
}

/** Plays the saved inputs again and names the first tick at which each side's hashes leave it. */
function replayEvidence(file: string): number {
  const evidence: Evidence = JSON.parse(Deno.readTextFileSync(file));
  const { rules, seed, inputs, ours, theirs } = evidence;
  const game = createPong(rules, seed);
  const state = game.initial.slice();
  const bytes = Int8Array.from(inputs);
  const hashes = [game.hash(state)];
  for (let at = 0; at < bytes.length; at += 4) {
    game.step(state, bytes, at);
    hashes.push(game.hash(state));
  }
  const chains = new Map([[`slot ${evidence.slot}`, ours]]);
  for (const [slot, chain] of theirs.entries()) {
    if (chain.length > 0) chains.set(`slot ${slot}`, chain);
  }
  let differing = 0;
  for (const [who, chain] of chains) {
    const wrong = chain.find(([tick, hash]) =>
      tick < hashes.length && hash !== hashes[tick]
    );
    if (wrong) differing++;
    print(`${who}: ${wrong ? `differs from tick ${wrong[0]} on` : "equal"}`);
  }
  return differing;
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
  .option("--evidence <file>", "replay what a desync left behind instead")
  .addHelpText("after", "\nExample:\n  deno task sim --seeds 1..500")
  .parse(Deno.args, { from: "user" });
const { seeds, players, evidence } = program.opts();
const failed = evidence
  ? replayEvidence(evidence)
  : simulateSeeds(seeds, players && Number(players)).length;
if (failed > 0) Deno.exitCode = 1;

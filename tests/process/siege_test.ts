/**
 * A lobby's process under attack, beside a running match that it relays: how many of the ticks that
 * are due the match confirms, and how many pings are answered while somebody joins.
 *
 * @module
 */
import { expect } from "@std/expect";
import { TICK_MS } from "../../game/court.ts";
import { PROTOCOL_VERSION } from "../../net/lobby/protocol.ts";
import type { Status } from "../../net/player/status.ts";
import { RawClient } from "../support/lobby.ts";
import {
  lobbyAt,
  type PongProcess,
  startLobbyProcess,
  startPong,
  statusOf,
  waitForStatus,
} from "../support/processes.ts";
import { type Attack, flood, idle, resets } from "./siege.ts";

/** For how many ticks each attack is watched, and how often somebody joins meanwhile. */
const TICKS = 240;
const JOINS = 8;

/** A lobby takes 40 messages at once, and no more of somebody who waits in vain. */
const PINGS_MAX = 20;

/** A busy machine may be slow for a while; a lobby that gives way to an attack always is. */
const TRIES = 3;

/** A player sends 60 frames a second. */
const FLOOD_PER_SECOND = 100 * 60;

const NO_ATTACK: Attack = () => Promise.resolve(new AsyncDisposableStack());
const CROWDS: Readonly<Record<string, Attack>> = {
  "50 resets a second": resets(50),
  "200 idle connections": idle(200),
};
const FLOOD = { "100 times the frames": flood(8, FLOOD_PER_SECOND) };

for (
  const [where, handlesMax, attacks] of [
    ["a lobby", undefined, { ...CROWDS, ...FLOOD }],
    ["a lobby with 64 descriptors", 64, CROWDS],
  ] as const
) {
  Deno.test(`at ${where}, under any attack, a match goes on and others join`, async () => {
    await using stack = new AsyncDisposableStack();
    const lobby = stack.use(await startLobbyProcess([], handlesMax));
    const words = [...lobbyAt(lobby), "--bot", "hard", "--points", "99"];
    const bots = [1, 2].map(() => stack.use(startPong(["play", ...words])));
    for (const bot of bots) {
      await waitForStatus(bot, ({ confirmedTick }) => confirmedTick > 120);
    }
    const quiet = await besiege(lobby, bots, NO_ATTACK);
    const figures = [`undisturbed: ${said(quiet)}`];
    for (const [name, attack] of Object.entries(attacks)) {
      let isAsQuiet = false;
      for (let tried = 0; tried < TRIES && !isAsQuiet; tried++) {
        const siege = await besiege(lobby, bots, attack);
        figures.push(`${name}: ${said(siege)}`);
        isAsQuiet = siege.confirmed >= 0.95 && siege.pings <= quiet.pings + 1;
      }
      expect([isAsQuiet, figures.join("\n")]).toEqual([
        true,
        figures.join("\n"),
      ]);
    }
    tell(figures.map((line) => `at ${where}, ${line}\n`).join(""));
    // What happens often is counted, not told each time.
    expect(lobby.stderr.split("\n").length).toBeLessThan(20);
  });
}

interface Siege {
  /** Of the ticks that were due the part that was confirmed, by the player with the least. */
  readonly confirmed: number;
  /** How many pings were answered during a join, in the median. */
  readonly pings: number;
}

async function besiege(
  lobby: { readonly port: number },
  bots: readonly PongProcess[],
  attack: Attack,
): Promise<Siege> {
  using calm = await RawClient.connect(lobby, { type: "ping" });
  await calm.messageOf("pong");
  await using _attack = await attack(lobby);
  const before = await Promise.all(bots.map((bot) => statusOf(bot)));
  const pings: number[] = [];
  let after = before;
  for (let join = 0; join < JOINS; join++) {
    after = await Promise.all(bots.map((bot, at) =>
      waitForStatus(
        bot,
        (now) => dueTicks(before[at], now) >= join * TICKS / (JOINS - 1),
      )
    ));
    pings.push(await pingsDuringJoin(lobby, calm));
  }
  const confirmed = after.map((now, at) =>
    (now.confirmedTick - before[at].confirmedTick) / dueTicks(before[at], now)
  );
  return {
    confirmed: Math.min(...confirmed),
    pings: pings.toSorted((a, b) => a - b)[JOINS / 2],
  };
}

/** How many ticks were due between two moments: those that came, and those that had to wait. */
function dueTicks(before: Status, now: Status): number {
  const stalledMs = now.stats.stalledMs - before.stats.stalledMs;
  return now.tick - before.tick + stalledMs / TICK_MS;
}

/** Pings one after the other, until somebody who joins is welcome. */
async function pingsDuringJoin(
  lobby: { readonly port: number },
  calm: RawClient,
): Promise<number> {
  let answer: string | undefined;
  const joining = (async () => {
    const who = { version: PROTOCOL_VERSION, name: "Mia", players: 4 };
    using client = await RawClient.connect(lobby, { type: "join", ...who });
    answer = (await client.message())?.type ?? "nothing";
  })();
  let pings = 0;
  for (; answer === undefined && pings < PINGS_MAX; pings++) {
    await calm.say({ type: "ping" });
    await calm.messageOf("pong");
  }
  await joining;
  expect(answer).toBe("welcome");
  return pings;
}

function said({ confirmed, pings }: Siege): string {
  return `${(confirmed * 100).toFixed(1)} % of the due ticks confirmed, ` +
    `${pings} pings answered during a join`;
}

function tell(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

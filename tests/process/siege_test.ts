/**
 * A lobby's process under attack, beside a running match that it relays: how many of the ticks that
 * are due the match confirms, and how many pings are answered while somebody joins.
 *
 * @module
 */
import { expect } from "@std/expect";
import net from "node:net";
import { TICK_MS } from "../../game/court.ts";
import { PROTOCOL_VERSION } from "../../net/lobby/protocol.ts";
import type { Status } from "../../net/player/status.ts";
import { RawClient, startMatch } from "../support/lobby.ts";
import {
  lobbyAt,
  type PongProcess,
  startLobbyProcess,
  startPong,
  statusOf,
  waitForStatus,
} from "../support/processes.ts";

/** For how many ticks each attack is watched, and how often somebody joins meanwhile. */
const TICKS = 240;
const JOINS = 8;

/** A ping takes a turn of the lobby; to join takes three: to accept, to read, to answer. */
const TURNS = 3;

/** A busy machine may be slow for a while; a lobby that gives way to an attack always is. */
const TRIES = 3;

/** A lobby takes 40 messages at once, and no more of somebody who waits in vain. */
const PINGS_MAX = 20;

type LobbyProcess = Awaited<ReturnType<typeof startLobbyProcess>>;

/** Begins in any way, and goes on until what it left in the stack is disposed. */
type Attack = (lobby: LobbyProcess, stack: AsyncDisposableStack) => unknown;

/** By tens, for the last of them are then reset before they are accepted. */
const resets50: Attack = ({ port }, stack) => {
  const timer = setInterval(() => {
    for (let i = 0; i < 10; i++) {
      const socket = net.connect({ port, host: "127.0.0.1" });
      socket.on("connect", () => socket.resetAndDestroy());
    }
  }, 200);
  stack.defer(() => clearInterval(timer));
};

const idle200: Attack = async (lobby, stack) => {
  for (let i = 0; i < 200; i++) stack.use(await RawClient.connect(lobby));
};

/** As eight players of two other matches: of each 15 frames in 20 ms, not one. */
const flood: Attack = async (lobby, stack) => {
  const frames = Array.from({ length: 15 }, () => [0, 101, ...Array(101)]);
  for (const match of [await four(), await four()]) {
    for (const token of stack.use(match).tokens) {
      const raw = await RawClient.connect(lobby, `relay ${token}\n`);
      stack.use(raw);
      let isBusy = false;
      const timer = setInterval(async () => {
        if (isBusy) return;
        isBusy = true;
        await raw.say(Uint8Array.from(frames.flat())).catch(() => {});
        isBusy = false;
      }, 20);
      stack.defer(() => clearInterval(timer));
      void (async () => {
        while (await raw.bytes() !== undefined);
      })();
    }
  }
  function four() {
    return startMatch(lobby, { players: 4 });
  }
};

const CROWDS = { "50 resets a second": resets50, "200 silent": idle200 };

for (
  const [where, handlesMax, attacks] of [
    ["a lobby", undefined, { ...CROWDS, "100 times the frames": flood }],
    ["a lobby with 64 descriptors", 64, CROWDS],
  ] as const
) {
  Deno.test(`at ${where}, under any attack, a match goes on and others join`, async () => {
    await using stack = new AsyncDisposableStack();
    const lobby = stack.use(await startLobbyProcess([], { handlesMax }));
    const words = [...lobbyAt(lobby), "--bot", "hard", "--points", "99"];
    const bots = [1, 2].map(() => stack.use(startPong(["play", ...words])));
    for (const bot of bots) {
      await waitForStatus(bot, ({ confirmedTick }) => confirmedTick > 120);
    }
    const quiet = await besiege(lobby, bots, () => {});
    const told = [`at ${where}, undisturbed: ${quiet.text}`];
    for (const [name, attack] of Object.entries(attacks)) {
      let isHeld = false;
      for (let tried = 0; tried < TRIES && !isHeld; tried++) {
        const { part, pings, text } = await besiege(lobby, bots, attack);
        told.push(`at ${where}, ${name}: ${text}`);
        isHeld = part >= 0.95 && pings <= Math.max(quiet.pings, TURNS) + 1;
      }
      expect({ isHeld, told }).toEqual({ isHeld: true, told });
    }
    Deno.stdout.writeSync(new TextEncoder().encode(told.join("\n") + "\n"));
    // What happens often is counted, not told each time.
    expect(lobby.stderr.split("\n").length).toBeLessThan(20);
  });
}

/** Returns the part of the due ticks that was confirmed, and the pings during a join (median). */
async function besiege(
  lobby: LobbyProcess,
  bots: readonly PongProcess[],
  attack: Attack,
): Promise<{ part: number; pings: number; text: string }> {
  using calm = await RawClient.connect(lobby, { type: "ping" });
  await calm.messageOf("pong");
  await using stack = new AsyncDisposableStack();
  await attack(lobby, stack);
  const before = await Promise.all(bots.map((bot) => statusOf(bot)));
  const all: number[] = [];
  let after = before;
  for (let join = 0; join < JOINS; join++) {
    const ticks = join * TICKS / (JOINS - 1);
    after = await Promise.all(
      bots.map((bot, at) =>
        waitForStatus(bot, (now) => dueTicks(before[at], now) >= ticks)
      ),
    );
    all.push(await pingsDuringJoin(lobby, calm));
  }
  const part = Math.min(
    ...after.map((now, at) =>
      (now.confirmedTick - before[at].confirmedTick) / dueTicks(before[at], now)
    ),
  );
  const pings = all.toSorted((a, b) => a - b)[JOINS / 2];
  const text = `${(part * 100).toFixed(1)} % of the due ticks confirmed, ` +
    `${pings} pings answered during a join`;
  return { part, pings, text };
}

/** How many ticks were due between two moments: those that came, and those that had to wait. */
function dueTicks(before: Status, now: Status): number {
  const stalledMs = now.stats.stalledMs - before.stats.stalledMs;
  return now.tick - before.tick + stalledMs / TICK_MS;
}

/** Pings one after the other, until somebody who joins is welcome. */
async function pingsDuringJoin(lobby: LobbyProcess, calm: RawClient) {
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

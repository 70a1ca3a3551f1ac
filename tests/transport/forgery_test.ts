// Matches over a real RabbitMQ while somebody with a password for it forges, repeats and mixes up
// packets: with signatures nothing comes of it, without them it would.
import { expect } from "@std/expect";
import { EXCHANGE } from "../../net/lobby/protocol.ts";
import { Session } from "../../net/match/session.ts";
import type { Transport } from "../../net/match/transport.ts";
import { runMatchLoop } from "../../net/player/match_loop.ts";
import { sha256 } from "../../net/player/sha256.ts";
import { keepExchange, openAmqp } from "../../net/transport/amqp.ts";
import {
  type Broker,
  ignoreWithoutBroker,
  startBroker,
} from "../support/broker.ts";
import {
  expectSameStates,
  lobbyAt,
  resultOf,
  startLobbyProcess,
  startPong,
  statusOf,
  waitForStatus,
} from "../support/processes.ts";
import { until } from "../support/waiting.ts";
import { connectForger, type Sent } from "./forger.ts";
import { openPlayer, startOver } from "./two_players.ts";

const ignore = ignoreWithoutBroker();
let broker: Broker;

if (!ignore) {
  Deno.test.beforeAll(async () => {
    broker = await startBroker();
  });
  Deno.test.afterAll(async () => await broker?.[Symbol.asyncDispose]());
}

/** Forged messages that make an attack: less would prove little. */
const FORGED_MIN = 300;

/** Messages of another match: the hellos, and some seconds of play. */
const OTHERS = 400;

Deno.test(
  "forged, repeated and foreign packets change nothing in a match of two processes",
  { ignore },
  async () => {
    const url = await broker.createVhost("forgery");
    await using lobby = await startLobbyProcess(["--broker", url]);
    await using forger = await connectForger(url);
    const bot = ["--bot", "easy", "--points", "1"];
    const join = () => startPong(["play", ...lobbyAt(lobby), ...bot]);
    {
      await using _first = join();
      await using _second = join();
      await until(() => forger.heard.length > OTHERS, "Another match");
    }
    const others = [...forger.heard];
    await using first = join();
    await using second = join();
    const { match, players } = await waitForStatus(
      first,
      ({ phase }) => phase === "playing",
    );

    let isOver = false;
    const results = Promise.all([first, second].map(resultOf))
      .finally(() => isOver = true);
    const sent = await forger.attack({
      ...{ match, players, isSigned: true, others },
      isOver: () => isOver,
    });
    const [one, two] = await results;

    expectAttack(sent);
    expect(sent.foreign).toBeGreaterThan(FORGED_MIN / 3);
    expect(one.reason).toBe("finished");
    expect(two).toEqual(one);
    const statuses = [await statusOf(first), await statusOf(second)] as const;
    expectSameStates(...statuses);
    for (const { stats } of statuses) {
      expect(stats.rejectedByTransport).toBeGreaterThan(FORGED_MIN / 3);
      expect(stats.rejected).toBeGreaterThanOrEqual(stats.rejectedByTransport);
    }
  },
);

Deno.test("sessions over signed packets finish under forgery, and count it", {
  ignore,
}, async () => {
  const { sent, sessions, transports } = await playUnderAttack(true);

  expectAttack(sent);
  const [one, two] = sessions.map(({ outcome }) => outcome);
  expect(one?.reason).toBe("finished");
  expect(two).toEqual(one);
  for (const { rejected } of transports) {
    expect(rejected).toBeGreaterThan(FORGED_MIN / 3);
  }
});

Deno.test(
  "sessions over packets without signatures fall for the same forgery",
  { ignore },
  async () => {
    const { sessions } = await playUnderAttack(false);

    // Forged inputs part their states, or make each distrust the other for good.
    const reasons = sessions.map(({ outcome }) => outcome?.reason);
    expect(reasons).not.toContain("finished");
    expect(reasons.join()).toMatch(/desync|connection lost/);
  },
);

/** Plays a match of two sessions in this process, forged at from its first tick on. */
async function playUnderAttack(isSigned: boolean): Promise<{
  readonly sent: Sent;
  readonly sessions: readonly Session[];
  readonly transports: readonly Transport[];
}> {
  const match = isSigned ? "signed" : "unsigned";
  const url = await broker.createVhost(match);
  await using _exchange = await keepExchange({ url });
  await using forger = await connectForger(url);
  const told = startOver({ kind: "amqp", url, exchange: EXCHANGE }, match);
  const players = told.players.map((player) => ({ ...player, epoch: 0 }));
  const start = { ...told, players };
  const rules = { players: 2, points: 2, lives: 1 };
  await using stack = new AsyncDisposableStack();
  const transports: Transport[] = [];
  for (const seat of players) {
    const transport = isSigned
      ? (await openPlayer(start, seat.slot)).transport
      : await openAmqp({
        ...{ ...seat, url, match, exchange: EXCHANGE, peers: players },
      });
    transports.push(stack.use(transport));
  }

  const nowMs = () => performance.now();
  const sessions = players.map(({ slot }) =>
    new Session({
      ...{ slot, rules, match, sha256, nowMs: nowMs() },
      epochs: [0, 0],
      secret: new Uint8Array(16).fill(slot),
    })
  );
  let isOver = false;
  const played = Promise.all(sessions.map((session, slot) =>
    runMatchLoop({
      session,
      transport: transports[slot],
      nowMs,
      // Up and down, half a second each: a prediction that holds says nothing of inputs.
      input: () => nowMs() % 1000 < 500 ? 127 : -127,
      onAdvance: () => {},
      signal: AbortSignal.timeout(60_000),
    })
  )).finally(() => isOver = true);
  await until(
    () => sessions.every(({ play }) => play !== undefined),
    "The beginning",
  );
  const sent = await forger.attack({
    ...{ match, players, isSigned, others: [] },
    isOver: () => isOver,
  });
  await played;
  return { sent, sessions, transports };
}

function expectAttack(sent: Sent): void {
  expect(sent.garbage).toBeGreaterThan(FORGED_MIN / 3);
  expect(sent.forged).toBeGreaterThan(FORGED_MIN);
  expect(sent.replayed).toBeGreaterThan(FORGED_MIN / 3);
}

/**
 * Matches over a real RabbitMQ while somebody with a password for it forges, repeats and mixes up
 * packets: with signatures nothing comes of it, without them it would.
 *
 * @module
 */
import { expect } from "@std/expect";
import { EXCHANGE } from "../../net/lobby/protocol.ts";
import { Session } from "../../net/match/session.ts";
import type { Transport } from "../../net/match/transport.ts";
import { runMatchLoop } from "../../net/player/match_loop.ts";
import { sha256 } from "../../net/player/sha256.ts";
import { keepExchange, openAmqp } from "../../net/transport/amqp.ts";
import { signed } from "../../net/transport/signed.ts";
import {
  exportPublicKey,
  importPublicKey,
  privateKeyOf,
} from "../../net/transport/signing_keys.ts";
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

Deno.test({
  name:
    "forged, repeated and foreign packets change nothing in a match of two processes",
  ignore,
  fn: async () => {
    const url = await broker.createVhost("forgery");
    await using lobby = await startLobbyProcess(["--broker", url]);
    await using forger = await connectForger(url);
    const join = () =>
      startPong([
        ...["play", ...lobbyAt(lobby)],
        ...["--bot", "easy", "--points", "1"],
      ]);
    {
      await using _first = join();
      await using _second = join();
      await until(
        () => forger.heard.length > OTHERS,
        () => "another match is not heard",
      );
    }
    const others = [...forger.heard];
    await using first = join();
    await using second = join();
    const players = [first, second];
    const { match, players: members } = await waitForStatus(
      first,
      ({ phase }) => phase === "playing",
    );

    const results = Promise.all(players.map(resultOf));
    let isOver = false;
    const attack = forger.attack({
      match,
      ids: members.map(({ id }) => id),
      isSigned: true,
      others,
      isOver: () => isOver,
    });
    const [one, two] = await results.finally(() => isOver = true);
    const sent = await attack;

    expectAttack(sent);
    expect(sent.foreign).toBeGreaterThan(FORGED_MIN / 3);
    expect(one.reason).toBe("finished");
    expect(two).toEqual(one);
    expectSameStates(await statusOf(first), await statusOf(second));
    for (const player of players) {
      const { stats } = await statusOf(player);
      expect(stats.rejectedByTransport).toBeGreaterThan(FORGED_MIN / 3);
      expect(stats.rejected).toBeGreaterThanOrEqual(stats.rejectedByTransport);
    }
  },
});

Deno.test({
  name: "sessions over signed packets finish under forgery, and count it",
  ignore,
  fn: async () => {
    const { sent, sessions, transports } = await playUnderAttack(true);

    expectAttack(sent);
    const [one, two] = sessions.map(({ outcome }) => outcome);
    expect(one?.reason).toBe("finished");
    expect(two).toEqual(one);
    for (const { rejected } of transports) {
      expect(rejected).toBeGreaterThan(FORGED_MIN / 3);
    }
  },
});

Deno.test({
  name: "sessions over packets without signatures fall for the same forgery",
  ignore,
  fn: async () => {
    const { sessions } = await playUnderAttack(false);

    const reasons = sessions.map(({ outcome }) => outcome?.reason);
    expect(reasons).toContain("desync");
  },
});

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
  const rules = { players: 2, points: 2, lives: 1 };
  const peers = ["ann", "bob"].map((id, slot) => ({ id, slot }));
  const keys = peers.map(({ slot }) =>
    privateKeyOf(new Uint8Array(32).fill(slot))
  );
  const publicKeys = new Map(keys.map((key, slot) => {
    const publicKey = importPublicKey(exportPublicKey(key));
    if (publicKey === undefined) throw new Error("An own key is no key");
    return [slot, publicKey];
  }));
  await using stack = new AsyncDisposableStack();
  const transports: Transport[] = [];
  for (const { id, slot } of peers) {
    const open = stack.use(
      await openAmqp({
        url,
        exchange: EXCHANGE,
        match,
        id,
        slot,
        epoch: 0,
        peers,
      }),
    );
    const privateKey = keys[slot];
    transports.push(
      isSigned
        ? signed(open, { match, slot, epoch: 0, privateKey, publicKeys })
        : open,
    );
  }

  const nowMs = () => performance.now();
  const sessions = peers.map(({ slot }) =>
    new Session({
      slot,
      rules,
      match,
      epochs: [0, 0],
      sha256,
      secret: new Uint8Array(16).fill(slot),
      nowMs: nowMs(),
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
    () => "the match has not begun",
  );
  const sent = await forger.attack({
    match,
    ids: peers.map(({ id }) => id),
    isSigned,
    others: [],
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

import { expect } from "@std/expect";
import { connect } from "amqplib";
import { Buffer } from "node:buffer";
import { NetworkError } from "../../net/link/network_error.ts";
import { EXCHANGE } from "../../net/lobby/protocol.ts";
import type { Transport } from "../../net/match/transport.ts";
import {
  type AmqpOptions,
  keepExchange,
  openAmqp,
} from "../../net/transport/amqp.ts";
import { openWatchTransport, publicKeysOf } from "../../net/transport/open.ts";
import { signed } from "../../net/transport/signed.ts";
import {
  exportPublicKey,
  privateKeyOf,
} from "../../net/transport/signing_keys.ts";
import {
  type Broker,
  ignoreWithoutBroker,
  startBroker,
} from "../support/broker.ts";
import {
  nextPacket,
  testTransport,
  type TransportPair,
} from "../support/transport_contract.ts";
import { until } from "../support/waiting.ts";
import { CAN_READ_NODELAY, nodelayOf } from "./nodelay.ts";

const ignore = ignoreWithoutBroker();
let broker: Broker;

if (!ignore) {
  Deno.test.beforeAll(async () => {
    broker = await startBroker();
  });
  Deno.test.afterAll(async () => await broker?.[Symbol.asyncDispose]());
}

testTransport("amqp", async () => await openPair(), { ignore });

function test(promise: string, fn: () => Promise<void>): void {
  Deno.test({ name: `amqp ${promise}`, ignore, fn });
}

test("turns Nagle's algorithm off on each connection", async () => {
  await using _pair = await openPair();

  if (CAN_READ_NODELAY) {
    const options = nodelayOf(broker.port);
    // The exchange's keeper and two players.
    expect(options.length).toBeGreaterThanOrEqual(3);
    expect(options).not.toContain(false);
  }
});

test("resumes by itself after a broker died and came back without its exchange", async () => {
  await using pair = await openPair();
  await broker.manage("DELETE", `exchanges/%2F/${EXCHANGE}`);

  await broker.kill9();
  await until(
    () => !pair.a.link.up && !pair.b.link.up,
    () => "the links are still up",
  );
  pair.a.send(Uint8Array.of(1));
  expect(pair.a.link.detail).toContain(`127.0.0.1:${broker.port}`);
  await broker.restart();

  await until(
    () => pair.a.link.up && pair.b.link.up,
    () => "the links are still down",
  );
  pair.a.send(Uint8Array.of(2));
  pair.b.send(Uint8Array.of(3));
  expect([...(await nextPacket(pair.b)).packet]).toEqual([2]);
  expect([...(await nextPacket(pair.a)).packet]).toEqual([3]);
});

test("notices a frozen broker by the missing confirms, and is back when it thaws", async () => {
  await using pair = await openPair();
  pair.a.send(Uint8Array.of(1));
  await nextPacket(pair.b);

  broker.freeze();
  using _thaw = { [Symbol.dispose]: () => broker.thaw() };
  await until(() => {
    pair.a.send(Uint8Array.of(2));
    return !pair.a.link.up;
  }, () => "the link is still up");
  const { detail } = pair.a.link;
  broker.thaw();

  expect(detail).toContain("it stopped answering");
  await until(
    () => pair.a.link.up && pair.b.link.up,
    () => `the link is still down: ${pair.a.link.detail}`,
  );
  pair.a.send(Uint8Array.of(9));
  await until(
    () => pair.b.receive().some(({ packet }) => packet[0] === 9),
    () => "nothing gets through",
  );
});

test("lets go of a frozen broker when it is disposed", async () => {
  await using pair = await openPair();
  broker.freeze();
  using _thaw = { [Symbol.dispose]: () => broker.thaw() };
  pair.a.send(Uint8Array.of(1));

  await pair.a[Symbol.asyncDispose]();

  expect(await pair.a.closed).toEqual({ kind: "local" });
});

test("delivers what was sent right before it was disposed", async () => {
  await using pair = await openPair();

  pair.a.send(Uint8Array.of(1));
  await pair.a[Symbol.asyncDispose]();

  expect([...(await nextPacket(pair.b)).packet]).toEqual([1]);
});

test("says that the broker takes no messages, and keeps none for later", async () => {
  await using pair = await openPair();
  await broker.control("set_vm_memory_high_watermark", "absolute", "1MB");
  try {
    await until(() => {
      pair.a.send(Uint8Array.of(1));
      return !pair.a.link.up;
    }, () => "the broker isn't blocked");
    expect(pair.a.link.detail).toContain("takes no messages");
    pair.a.send(Uint8Array.of(2));
  } finally {
    await broker.control("set_vm_memory_high_watermark", "absolute", "1GB");
  }

  await until(() => pair.a.link.up, () => "the broker is still blocked");
  pair.a.send(Uint8Array.of(3));
  const got: number[] = [];
  await until(() => {
    got.push(...pair.b.receive().map(({ packet }) => packet[0]));
    return got.includes(3);
  }, () => "nothing gets through");
  expect(got).not.toContain(2);
});

test("waits until a lobby has declared the exchange", async () => {
  const url = await broker.createVhost("late-lobby");
  const opening = openAmqp({ ...ALONE, url });

  await until(
    async () =>
      (await broker.log()).includes("no exchange 'pong' in vhost 'late-lobby'"),
    () => "nobody asked for the exchange",
  );
  await using _lobby = await keepExchange({ url });
  await using transport = await opening;

  expect(transport.link).toEqual({ up: true, detail: "" });
});

test("asks for the lobby when nobody declares the exchange", async () => {
  const url = await broker.createVhost("no-lobby");

  const error = await failure(openAmqp({ ...ALONE, url }));

  expect(error.message).toContain("no exchange 'pong'");
  expect(error.message).toContain("Is a lobby connected");
});

test("drops and counts what no other member can have sent", async () => {
  const url = await broker.createVhost("foreign");
  await using pair = await openPair(url);
  await using stranger = await connectStranger(url);
  const key = `match-${matches}.ann.3`;
  const content = Buffer.from([1]);
  const queues = await stranger.queues();

  for (const queue of queues) {
    // Past the exchange, into the queues themselves; the second one under ann's key.
    stranger.channel.publish("", queue, content);
    stranger.channel.publish("", key, content, { CC: [queue] });
  }
  stranger.channel.publish(EXCHANGE, key, Buffer.alloc(1201));
  stranger.channel.publish(EXCHANGE, key, Buffer.alloc(0));
  stranger.channel.publish(EXCHANGE, "match-0.ann.3", content);
  await until(
    () => pair.b.rejected === 4 && pair.a.rejected === 2,
    () => `${pair.a.rejected} and ${pair.b.rejected} were rejected`,
  );

  expect(pair.a.receive()).toEqual([]);
  expect(pair.b.receive()).toEqual([]);
});

test("lets somebody watch, who hears what the players signed and nothing else", async () => {
  const url = await broker.createVhost("watch");
  await using _lobby = await keepExchange({ url });
  const keys = [1, 2].map((byte) =>
    privateKeyOf(new Uint8Array(32).fill(byte))
  );
  const { signal } = new AbortController();
  const match = "watched";
  const seats = ["ann", "bob"].map((id, slot) => ({ id, slot, epoch: slot }));
  const start = {
    match,
    token: "",
    transport: { kind: "amqp", url, exchange: EXCHANGE },
    players: seats.map((seat, slot) => ({
      ...seat,
      ...{ name: seat.id, look: slot, isBot: false, start: { x: 0, y: 0 } },
      publicKey: exportPublicKey(keys[slot]),
    })),
  } as const;
  const lobby = { hostname: "127.0.0.1", port: 1 };
  const publicKeys = publicKeysOf(start.players, "play with");
  const open = async ({ slot, epoch }: typeof seats[number]) =>
    signed(await openMember(slot, { url, match, epoch }), {
      ...{ match, slot, epoch, publicKeys, privateKey: keys[slot] },
    });
  await using ann = await open(seats[0]);
  await using bob = await open(seats[1]);
  await using watcher = await openWatchTransport({ lobby, start, signal });
  await using stranger = await connectStranger(url);

  const forged = Buffer.alloc(80);
  stranger.channel.publish(EXCHANGE, "watched.ann.0", forged);
  ann.send(Uint8Array.of(1, 2));
  bob.send(Uint8Array.of(3));
  const got: string[] = [];
  await until(() => {
    for (const { from, packet } of watcher.receive()) {
      got.push(`${from.slot}.${from.epoch}: ${packet}`);
    }
    return got.length >= 2 && watcher.rejected === 1;
  }, () => `${got} came, ${watcher.rejected} were rejected`);

  expect(got.toSorted()).toEqual(["0.0: 1,2", "1.1: 3"]);
  expect([...(await nextPacket(bob)).packet]).toEqual([1, 2]);
  expect(watcher.link).toEqual({ up: true, detail: "" });
});

test("names the cause in one line without the password", async () => {
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const closedPort = free.addr.port;
  free.close();
  const cases = [
    [`amqp://adm:secret@127.0.0.1:${broker.port}`, 'refuses the user "adm"'],
    [`${broker.url}-none`, 'no virtual host "/-none"'],
    [`amqp://adm:secret@127.0.0.1:${closedPort}`, "nothing listens there"],
    ["amqp://adm:secret@pong.invalid", "no machine of this name"],
    ["http://adm:secret@127.0.0.1", "write it as amqp://"],
    ["secret", "write it as amqp://"],
  ] as const;
  for (const [url, cause] of cases) {
    const error = await failure(keepExchange({ url }));
    expect(error.message).toContain(cause);
    expect(error.message).not.toMatch(/secret|\n/);
    expect(String(error.cause)).not.toContain("secret");
  }
});

const ALONE = {
  id: "ann",
  slot: 0,
  epoch: 0,
  exchange: EXCHANGE,
  match: "alone",
  peers: [{ id: "bob", slot: 1 }],
} as const;

const EPOCHS = [3, 4] as const;
let matches = 0;

/** Opens two members of a match of their own, on the broker's first virtual host. */
async function openPair(url = broker.url): Promise<TransportPair> {
  await using stack = new AsyncDisposableStack();
  stack.use(await keepExchange({ url }));
  const match = `match-${++matches}`;
  const a = stack.use(await openMember(0, { url, match, epoch: EPOCHS[0] }));
  const b = stack.use(await openMember(1, { url, match, epoch: EPOCHS[1] }));
  const all = stack.move();
  return {
    a,
    b,
    epochs: EPOCHS,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function openMember(
  slot: number,
  where: Pick<AmqpOptions, "url" | "match" | "epoch">,
): Promise<Transport> {
  const peers = ["ann", "bob"].map((id, slot) => ({ id, slot }));
  return await openAmqp({
    ...peers[slot],
    ...where,
    exchange: EXCHANGE,
    peers,
  });
}

/** Waits for an opening that must fail with a `NetworkError`, and returns that. */
async function failure(opening: Promise<AsyncDisposable>): Promise<Error> {
  const error = await opening.then(() => undefined, (error) => error);
  expect(error).toBeInstanceOf(NetworkError);
  return error;
}

/** Connects somebody who may do everything but is no member. */
async function connectStranger(url: string) {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  const vhost = new URL(url).pathname.slice(1);
  return {
    channel,
    async queues(): Promise<string[]> {
      const all = await broker.manage("GET", `queues/${vhost}?columns=name`);
      // The management API answers so; were it otherwise, the test would fail at once.
      return (all as { name: string }[]).map(({ name }) => name);
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

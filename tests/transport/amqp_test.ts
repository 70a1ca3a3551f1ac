import { expect } from "@std/expect";
import { connect } from "amqplib";
import { Buffer } from "node:buffer";
import { readBrokerCa } from "../../net/files/broker_ca.ts";
import { NetworkError } from "../../net/link/network_error.ts";
import { EXCHANGE } from "../../net/lobby/protocol.ts";
import type { Transport } from "../../net/match/transport.ts";
import {
  type AmqpOptions,
  keepExchange,
  openAmqp,
} from "../../net/transport/amqp.ts";
import {
  type Broker,
  ignoreWithoutBroker,
  startBroker,
} from "../support/broker.ts";
import {
  type Certificates,
  ignoreWithoutOpenssl,
  makeCertificates,
} from "../support/certificates.ts";
import {
  nextPacket,
  testTransport,
  type TransportPair,
} from "../support/transport_contract.ts";
import { until } from "../support/waiting.ts";
import { CAN_READ_NODELAY, nodelayOf } from "./nodelay.ts";
import { openPlayer, openWatch, startOver } from "./two_players.ts";

const ignore = ignoreWithoutBroker() || ignoreWithoutOpenssl();
let broker: Broker;
let certificates: Certificates;

if (!ignore) {
  Deno.test.beforeAll(async () => {
    certificates = await makeCertificates();
    broker = await startBroker({ certificate: certificates.of("good") });
  });
  Deno.test.afterAll(async () => {
    await broker?.[Symbol.asyncDispose]();
    await certificates?.[Symbol.asyncDispose]();
  });
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
  await untilLinksAre(pair, "down");
  pair.a.send(Uint8Array.of(1));
  expect(pair.a.link.detail).toContain(`127.0.0.1:${broker.port}`);
  await broker.restart();

  await untilLinksAre(pair, "up");
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
  await untilRefused(pair.a);
  const { detail } = pair.a.link;
  broker.thaw();

  expect(detail).toContain("it stopped answering");
  await untilLinksAre(pair, "up");
  await sendLast(pair);
});

test("delivers what was sent right before it was disposed", async () => {
  await using pair = await openPair();

  pair.a.send(Uint8Array.of(1));
  await pair.a[Symbol.asyncDispose]();

  expect([...(await nextPacket(pair.b)).packet]).toEqual([1]);
});

test("says that the broker takes no messages, and keeps none for later", async () => {
  await using pair = await openPair();
  const limitMemory = (bytes: string) =>
    broker.control("set_vm_memory_high_watermark", "absolute", bytes);
  await limitMemory("1MB");
  try {
    await untilRefused(pair.a);
    expect(pair.a.link.detail).toContain("takes no messages");
    pair.a.send(Uint8Array.of(2));
  } finally {
    await limitMemory("1GB");
  }

  await untilLinksAre(pair, "up");
  expect(await sendLast(pair)).not.toContain(2);
});

test("waits until a lobby has declared the exchange", async () => {
  const url = await broker.createVhost("late-lobby");
  const opening = openMember(0, {
    ...{ url: await createGuest("late-lobby"), match: "late", epoch: 0 },
  });
  const asked = "no exchange 'pong' in vhost 'late-lobby'";

  await until(
    async () => (await broker.log()).includes(asked),
    "Asking for the exchange",
  );
  await using _lobby = await keepExchange({ url });
  await using transport = await opening;

  expect(transport.link).toEqual({ up: true, detail: "" });
});

test("asks for the lobby when nobody declares the exchange", async () => {
  await broker.createVhost("no-lobby");
  const url = await createGuest("no-lobby");

  const opening = openMember(0, { url, match: "alone", epoch: 0 });

  expect((await failure(opening)).message)
    .toMatch(/no exchange 'pong'.*Is a lobby connected/);
});

test("drops and counts what no other member can have sent", async () => {
  const url = await broker.createVhost("foreign");
  await using pair = await openPair(url);
  await using stranger = await connectStranger(url);
  const key = `match-${matches}.ann.3`;
  const content = Buffer.from([1]);
  // The management API answers so; were it otherwise, the test would fail at once.
  const queues = await broker.manage("GET", "queues/foreign?columns=name") as {
    readonly name: string;
  }[];

  for (const { name: queue } of queues) {
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

  expect([pair.a.receive(), pair.b.receive()]).toEqual([[], []]);
});

test("lets somebody watch, who hears what the players signed and nothing else", async () => {
  const url = await broker.createVhost("watch");
  await using _lobby = await keepExchange({ url });
  const start = startOver({ kind: "amqp", url, exchange: EXCHANGE }, "watched");
  await using ann = (await openPlayer(start, 0)).transport;
  await using bob = (await openPlayer(start, 1)).transport;
  await using watcher = await openWatch(start);
  await using stranger = await connectStranger(url);

  stranger.channel.publish(EXCHANGE, "watched.ann.0", Buffer.alloc(80));
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
  const { port: closedPort } = free.addr;
  free.close();
  for (
    const [url, cause] of [
      [`amqp://adm:secret@127.0.0.1:${broker.port}`, 'refuses the user "adm"'],
      [`${broker.url}-none`, 'no virtual host "/-none"'],
      [`amqp://adm:secret@127.0.0.1:${closedPort}`, "nothing listens there"],
      ["amqp://adm:secret@pong.invalid", "no machine of this name"],
      ["http://adm:secret@127.0.0.1", "write it as amqp://"],
      ["secret", "write it as amqp://"],
    ] as const
  ) {
    const { message, cause: inner } = await failure(keepExchange({ url }));
    expect(message).toContain(cause);
    expect(`${message}${inner}`).not.toContain("secret");
    expect(message).not.toContain("\n");
  }
});

/** What is taken away from two who play, by somebody who may do so. Nobody else can delete queues. */
const TAKEN: Readonly<Record<string, (vhost: string) => Promise<unknown>>> = {
  "their exchange": (vhost) =>
    broker.manage("DELETE", `exchanges/${vhost}/${EXCHANGE}`),
  "their virtual host": async (vhost) => {
    await broker.manage("DELETE", `vhosts/${vhost}`);
    await broker.createVhost(vhost);
  },
  "their connections": () => broker.control("close_all_connections", "bye"),
};

for (const [what, take] of Object.entries(TAKEN)) {
  test(`goes on by itself after ${what} went, with a lobby or without`, async () => {
    for (const hasLobby of [true, false]) {
      const vhost = `taken-${what.slice(6, 9)}-${hasLobby}`;
      const url = await broker.createVhost(vhost);
      await using lobby = await keepExchange({ url });
      // Without a lobby players declare it; with one, they need no right to.
      const own = hasLobby && what === "their exchange"
        ? await createGuest(vhost)
        : url;
      if (!hasLobby) await lobby[Symbol.asyncDispose]();
      const where = { url: own, match: "taken" };
      await using a = await openMember(0, { ...where, epoch: EPOCHS[0] });
      await using b = await openMember(1, { ...where, epoch: EPOCHS[1] });

      await take(vhost);

      let heard = 0;
      await until(() => {
        for (const end of [a, b]) end.send(Uint8Array.of(7));
        heard |= (a.receive().length && 1) | (b.receive().length && 2);
        if (!a.link.up || !b.link.up) heard = 0;
        return heard === 3;
      }, () => `${a.link.detail} ${b.link.detail}`);
    }
  });
}

test("names a limit as a limit, and what is no exchange for a match as that", async () => {
  await broker.createVhost("narrow");
  const url = await createGuest("narrow", ".*");
  for (
    const [kind, cause] of [
      ["user/max-channels", "limit of the broker is reached: .*channels"],
      ["user/max-connections", "reached: .*user connection limit \\(0\\)"],
      ["vhost/max-connections", "limit of the broker is reached: .*'narrow'"],
    ]
  ) {
    const path = kind.replace("/", "-limits/narrow/");
    await broker.manage("PUT", path, { value: 0 });
    expect((await failure(keepExchange({ url }))).message)
      .toMatch(new RegExp(cause));
  }
  const other = await broker.createVhost("other-kind");
  const body = { type: "fanout", durable: true };
  await broker.manage("PUT", `exchanges/other-kind/${EXCHANGE}`, body);
  expect((await failure(keepExchange({ url: other }))).message)
    .toMatch(/another kind is there.*current is 'fanout'/);
});

test("is carried over TLS, and says what is wrong with a certificate or a port", async () => {
  const at = (scheme: string, port: number, host = "127.0.0.1") =>
    `${scheme}://adm:secret@${host}:${port}`;
  const secure = broker.url.replace("amqp:", "amqps:")
    .replace(`${broker.port}`, `${broker.securePort}`);
  const ca = await readBrokerCa(certificates.ca);
  await using pair = await openPair(secure, ca);
  await sendLast(pair);
  using servers = new DisposableStack();
  const served = async (kind: "expired" | "foreign") => {
    const { cert, key } = certificates.of(kind);
    const server = servers.use(Deno.listenTls({
      ...{ hostname: "127.0.0.1", port: 0 },
      cert: await Deno.readTextFile(cert),
      key: await Deno.readTextFile(key),
    }));
    void server.accept().then(async (conn) => {
      await conn.handshake().catch(() => {/* The client hangs up. */});
      conn.close();
    });
    return server.addr.port;
  };
  for (
    const [url, signer, cause] of [
      [secure, undefined, "name its PEM file with --broker-ca"],
      [at("amqps", broker.port), ca, "doesn't speak TLS on this port"],
      [at("amqp", broker.securePort), ca, "it speaks TLS on this port"],
      [at("amqps", await served("expired")), ca, "certificate has expired"],
      [at("amqps", await served("foreign")), ca, "for another name than 127."],
      [`${secure}-none`, ca, 'no virtual host "/-none"'],
    ] as const
  ) {
    const { message } = await failure(keepExchange({ url, ca: signer }));
    expect(message).toContain(cause);
    expect(message).not.toMatch(/secret|\n/);
  }
});

const EPOCHS = [3, 4] as const;
let matches = 0;

/** Opens two members of a match of their own, on the broker's first virtual host. */
async function openPair(
  url = broker.url,
  ca?: string,
): Promise<TransportPair> {
  await using stack = new AsyncDisposableStack();
  stack.use(await keepExchange({ url, ca }));
  const where = { url, ca, match: `match-${++matches}` };
  const a = stack.use(await openMember(0, { ...where, epoch: EPOCHS[0] }));
  const b = stack.use(await openMember(1, { ...where, epoch: EPOCHS[1] }));
  const all = stack.move();
  const dispose = () => all.disposeAsync();
  return { a, b, epochs: EPOCHS, [Symbol.asyncDispose]: dispose };
}

function openMember(
  slot: number,
  where: Pick<AmqpOptions, "url" | "ca" | "match" | "epoch">,
): Promise<Transport> {
  const peers = ["ann", "bob"].map((id, slot) => ({ id, slot }));
  return openAmqp({ ...peers[slot], ...where, exchange: EXCHANGE, peers });
}

async function untilLinksAre(
  { a, b }: TransportPair,
  state: "up" | "down",
): Promise<void> {
  await until(
    () => [a, b].every(({ link }) => link.up === (state === "up")),
    () => `the links are not ${state}: ${a.link.detail}, ${b.link.detail}`,
  );
}

/** Sends until the broker is known not to take it. */
async function untilRefused(transport: Transport): Promise<void> {
  await until(() => {
    transport.send(Uint8Array.of(1));
    return !transport.link.up;
  }, "The link's going down");
}

/** Sends a packet from one to the other, and returns all that came there up to it. */
async function sendLast({ a, b }: TransportPair): Promise<readonly number[]> {
  a.send(Uint8Array.of(9));
  const got: number[] = [];
  await until(() => {
    got.push(...b.receive().map(({ packet }) => packet[0]));
    return got.includes(9);
  }, "The last packet");
  return got;
}

/** Makes a user named after a virtual host, who may declare only what is so named, there. */
async function createGuest(
  vhost: string,
  configure = "^amq\\.gen.*$",
): Promise<string> {
  await broker.manage("PUT", `users/${vhost}`, {
    password: "secret",
    tags: "",
  });
  const rights = { configure, write: ".*", read: ".*" };
  await broker.manage("PUT", `permissions/${vhost}/${vhost}`, rights);
  return broker.url.replace(/adm:adm@(.*)\/.*/, `${vhost}:secret@$1/${vhost}`);
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
  return {
    channel: await connection.createChannel(),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

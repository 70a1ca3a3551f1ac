// The transport over a broker that does what a test wants, in virtual time; what a real RabbitMQ
// does is in `amqp_test.ts`.
import { expect } from "@std/expect";
import { PACKET_BYTES_MAX } from "../../net/match/transport.ts";
import {
  keepExchange,
  openAmqp,
  openAmqpWatch,
} from "../../net/transport/amqp.ts";
import { FakeBroker } from "../support/fake_broker.ts";
import { VirtualTime } from "../support/virtual_time.ts";

const WATCH = {
  ...{ url: "amqp://u:secret@h", exchange: "pong", match: "m" },
  peers: [{ id: "ann", slot: 0 }, { id: "bob", slot: 2 }],
};
const OPTIONS = { ...WATCH, id: "ann", slot: 0, epoch: 255 };

/** Waits for something that the broker answers at once. */
async function settled<T>(broker: FakeBroker, promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  await broker.settle();
  return await promise;
}

/** A transport over a broker that does what a test wants. */
async function open() {
  const time = new VirtualTime();
  const broker = new FakeBroker(time);
  const transport = await settled(broker, openAmqp(OPTIONS));
  return {
    ...{ time, broker, transport },
    async [Symbol.asyncDispose]() {
      const disposing = transport[Symbol.asyncDispose]();
      await time.pass(500);
      await settled(broker, Promise.resolve(disposing));
      broker[Symbol.dispose]();
      time[Symbol.dispose]();
    },
  };
}

Deno.test("a broker is told whom one listens to, and to keep no more than 256 messages", async () => {
  await using opened = await open();
  const { broker, transport } = opened;

  expect(broker.bindings).toEqual(["m.bob.*"]);
  expect(broker.queues.length).toBe(1);
  // Exclusive and deleted with its connection; "s" is 16 bits, "S" a text.
  expect(broker.queues[0]).toContain(
    "\f\0\0\0)\fx-max-lengths\x01\0\nx-overflowS\0\0\0\tdrop-head",
  );
  transport.send(Uint8Array.of(1, 2));
  await broker.settle();
  expect(broker.published).toEqual([{ key: "m.ann.255", content: [1, 2] }]);
  expect(transport.link).toEqual({ up: true, detail: "" });
});

Deno.test("what a broker delivers counts if a player sent it, in some epoch, over the exchange", async () => {
  await using opened = await open();
  const { broker, transport } = opened;
  await using watching = await settled(broker, openAmqpWatch(WATCH));
  const packet = Uint8Array.of(7);
  for (const epoch of [0, 255]) {
    broker.deliver("pong", `m.bob.${epoch}`, packet);
  }
  broker.deliver("pong", "m.bob.1", new Uint8Array(PACKET_BYTES_MAX));
  const wrong = [
    ...[["", "m.bob.0"], ["pong", "m.eve.0"], ["pong", "n.bob.0"]],
    // No epoch, or not as it is written.
    ...["", "x", "-1", "01", "00", "+1", "1e1", " 1", "256", "99999"]
      .map((word) => ["pong", `m.bob.${word}`]),
  ];
  for (const [exchange, key] of wrong) broker.deliver(exchange, key, packet);
  broker.deliver("pong", "m.bob.0", new Uint8Array(PACKET_BYTES_MAX + 1));
  broker.deliver("pong", "m.bob.0", new Uint8Array(0));
  await broker.settle();

  for (const end of [transport, watching]) {
    expect(
      end.receive().map(({ from, atMs, packet: { length } }) => [
        ...[from.slot, from.epoch, atMs, length],
      ]),
    ).toEqual([[2, 0, 0, 1], [2, 255, 0, 1], [2, 1, 0, PACKET_BYTES_MAX]]);
    expect(end.rejected).toBe(wrong.length + 2);
  }
});

Deno.test("a broker that confirms nothing is left after 400 ms, one that is blocked isn't", async () => {
  await using opened = await open();
  const { time, broker, transport } = opened;
  broker.isConfirming = false;
  transport.send(Uint8Array.of(1));
  await broker.settle();
  broker.block("low on memory");
  await broker.settle();
  await time.pass(10_000);
  expect(transport.link).toEqual({
    up: false,
    detail: "The broker at h:5672 takes no messages: low on memory",
  });
  transport.send(Uint8Array.of(2));
  expect([broker.attempts.length, broker.connections]).toEqual([1, 1]);

  broker.unblock();
  await broker.settle();
  await time.pass(400);
  expect(transport.link.up).toBe(true);
  await time.pass(50);

  expect(transport.link).toEqual({
    up: false,
    detail: "Lost the broker at h:5672: it stopped answering",
  });
  broker.isConfirming = true;
  await time.pass(1_000);
  await broker.settle();
  expect(broker.published.map(({ content }) => content)).toEqual([[1]]);
  expect(transport.link.up).toBe(true);
});

Deno.test("256 messages wait for a broker's confirmation, and further ones are dropped", async () => {
  await using opened = await open();
  const { broker, transport } = opened;
  broker.isConfirming = false;

  for (let i = 0; i < 300; i++) transport.send(Uint8Array.of(1));
  await broker.settle();

  expect(broker.published.length).toBe(256);
});

Deno.test("a lost broker is tried again, later after each failure, and soon once it was back", async () => {
  await using opened = await open();
  const { time, broker, transport } = opened;
  const triesMs = async (forMs: number) => {
    const { length } = broker.attempts;
    broker.refusal = Object.assign(new Error("no"), { code: "ECONNREFUSED" });
    broker.kill();
    await broker.settle();
    const beganMs = time.nowMs;
    for (let ms = 0; ms < forMs; ms += 50) {
      await time.pass(50);
      await broker.settle();
    }
    return broker.attempts.slice(length).map((atMs) => atMs - beganMs);
  };

  expect(await triesMs(3_600))
    .toEqual([0, 50, 150, 350, 750, 1_550, 2_550, 3_550]);
  expect(transport.link.detail).toContain("nothing listens there");
  broker.refusal = undefined;
  await time.pass(1_000);
  await broker.settle();
  expect(transport.link).toEqual({ up: true, detail: "" });
  expect(await triesMs(200)).toEqual([0, 50, 150]);
});

/** What ends a connection, and what is said of it then. */
const ENDS: Readonly<Record<string, (broker: FakeBroker) => void>> = {
  "it deleted this program's queue": (broker) => broker.cancel(),
  "no right": (broker) => broker.refuse(403, "no right"),
  "Unexpected close": (broker) => broker.kill(),
};

for (const [why, end] of Object.entries(ENDS)) {
  Deno.test(`a connection that ends because of "${why}" is made anew`, async () => {
    await using opened = await open();
    const { time, broker, transport } = opened;
    const details: string[] = [];

    end(broker);
    for (let i = 0; i < 200 && broker.attempts.length < 2; i++) {
      await time.settle();
      if (!transport.link.up) details.push(transport.link.detail);
    }

    await broker.settle();
    expect(details[0]).toContain("Lost the broker at h:5672: ");
    expect(transport.link).toEqual({ up: true, detail: "" });
    expect([broker.attempts.length, broker.connections]).toEqual([2, 1]);
  });
}

for (
  const [what, open, fault, tries, endMs] of [
    [
      "opening has 700 ms for each answer, and tries for 25 s",
      ...[openAmqp, "isSilent", 18, 26_250] as const,
    ],
    [
      "opening has 3 s for all answers, and tries for 25 s",
      ...[openAmqp, "isStalling", 8, 27_650] as const,
    ],
    [
      "keeping the exchange is tried once",
      ...[keepExchange, "isSilent", 1, 700] as const,
    ],
  ] as const
) {
  Deno.test(`${what}, at a broker that doesn't answer`, async () => {
    using time = new VirtualTime();
    using broker = new FakeBroker(time);
    broker[fault] = true;
    let failure: unknown;
    open(OPTIONS).catch((error: unknown) => failure = error);
    await broker.settle();
    while (failure === undefined) {
      await time.pass(350);
      await broker.settle();
    }

    expect(String(failure)).toContain("no answer. A firewall");
    expect([broker.attempts.length, time.nowMs]).toEqual([tries, endMs]);
  });
}

Deno.test("amqp refuses an epoch that packets have no room for, and IDs that could be wildcards", async () => {
  using time = new VirtualTime();
  using broker = new FakeBroker(time);
  const wrong = [
    ...[-1, 0.5, 256, NaN].map((epoch) => ({ epoch })),
    ...["#", "*", "a.b", "", "ä", "x".repeat(65)]
      .flatMap((word) => [{ id: word }, { match: word }]),
  ];

  for (const each of wrong) {
    await expect(openAmqp({ ...OPTIONS, ...each })).rejects.toThrow(TypeError);
  }
  expect(broker.attempts).toEqual([]);
});

Deno.test("amqp ends by its signal, and stops opening by it", async () => {
  using time = new VirtualTime();
  using broker = new FakeBroker(time);
  const stop = new AbortController();
  const { signal } = stop;
  const transport = await settled(broker, openAmqp({ ...OPTIONS, signal }));
  broker.isSilent = true;
  const opening = openAmqp({ ...OPTIONS, signal });
  opening.catch(() => {});
  await broker.settle();

  stop.abort(new Error("no longer wanted"));

  await expect(opening).rejects.toThrow("no longer wanted");
  await time.pass(500);
  expect(await transport.closed).toEqual({ kind: "local" });
  expect(broker.connections).toBe(0);
  await expect(openAmqp({ ...OPTIONS, signal }))
    .rejects.toThrow("no longer wanted");
  expect(broker.attempts.length).toBe(2);
});

Deno.test("a transport over a broker says what is left, then goodbye", async () => {
  using time = new VirtualTime();
  using broker = new FakeBroker(time);
  const transport = await settled(broker, openAmqp(OPTIONS));
  transport.send(Uint8Array.of(1));

  await settled(broker, Promise.resolve(transport[Symbol.asyncDispose]()));

  expect([broker.goodbyes, broker.connections]).toEqual([1, 0]);
  expect(broker.published.length).toBe(1);
  expect(await transport.closed).toEqual({ kind: "local" });
});

Deno.test("a transport over a broker that doesn't answer waits half a second to say goodbye", async () => {
  using time = new VirtualTime();
  using broker = new FakeBroker(time);
  const transport = await settled(broker, openAmqp(OPTIONS));
  broker.isSilent = true;
  let isOver = false;

  void Promise.resolve(transport[Symbol.asyncDispose]())
    .then(() => isOver = true);
  transport.send(Uint8Array.of(1));

  await time.pass(499);
  expect([isOver, transport.link])
    .toEqual([false, { up: false, detail: "Closed" }]);
  await time.pass(1);
  await broker.settle();
  expect([isOver, broker.connections]).toEqual([true, 0]);
});

/** What connecting fails with, what a person is told, and whether trying again may help. */
const FAILURES: readonly (readonly [unknown, string, string, boolean])[] = [
  ["ECONNREFUSED", "connect", "nothing listens there.", true],
  ["ENOTFOUND", "getaddrinfo", "no machine of this name", true],
  ["EAI_AGAIN", "getaddrinfo", "no machine of this name", true],
  ["", "connect ETIMEDOUT", "no answer. A firewall", true],
  ["EPIPE", "", "connecting failed (EPIPE)", true],
  ["", 'Closed with message "a\n\u001b b"', "h:5672: a b", true],
  ["", "x".repeat(201), ` ${"x".repeat(200)}`, true],
  [404, "NOT-FOUND", "something is missing there: NOT-FOUND. Is a lobby", true],
  [403, "no right", 'the user "u" may not do this: no right', false],
  [0, "Handshake ended: ACCESS-REFUSED", 'refuses the user "u" or', false],
  [0, "Expected ConnectionOpenOk", 'no virtual host "/" that the user', false],
  [530, "the maximum allowed user limit of (1)", "a limit of the broker", true],
  [406, "queue limit in vhost 'v' (0) is reached", "a limit of the", true],
  ["", "No channels left to allocate", "Raise its channel_max", true],
  [406, "inequivalent arg 'type'", "of the same name but another kind", false],
  ["", "Frame size 9 exceeds maxFrameSize 8", "is no AMQP broker", false],
  ["ECONNRESET", "read ECONNRESET", "h:5672: read ECONNRESET\n", true],
];

for (const [code, said, why, mayHelp] of FAILURES) {
  Deno.test(`connecting fails with ${code} ${said.slice(0, 40)}: it is said in a line, and tried again if that may help`, async () => {
    using time = new VirtualTime();
    using broker = new FakeBroker(time);
    broker.refusal = Object.assign(new Error(said), { code });
    let message = "";
    openAmqp(OPTIONS).catch((error: Error) => message = error.message);
    await broker.settle();
    const isGivenUp = message !== "";
    while (message === "") await time.pass(500);

    expect(message).toContain(`Cannot use the broker at h:5672: `);
    expect(`${message}\n`).toContain(why);
    expect(message).not.toMatch(/secret|\n|\p{C}/u);
    expect(message.length).toBeLessThan(250);
    expect(isGivenUp).toBe(!mayHelp);
  });
}

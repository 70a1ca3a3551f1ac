/**
 * What a match makes of the transport that the lobby names: signed over a broker, worse where
 * somebody wants that, and refused where a player can't sign.
 *
 * @module
 */
import { expect } from "@std/expect";
import { NetworkError } from "../../net/link/network_error.ts";
import type { StartMessage } from "../../net/lobby/protocol.ts";
import { NO_TRANSPORT_FAULTS } from "../../net/transport/faulty.ts";
import {
  openMatchTransport,
  openWatchTransport,
} from "../../net/transport/open.ts";
import {
  exportPublicKey,
  privateKeyOf,
} from "../../net/transport/signing_keys.ts";
import { FakeBroker } from "../support/fake_broker.ts";
import { FOREVER } from "../support/lobby.ts";
import { VirtualTime } from "../support/virtual_time.ts";
import { FakeLobby } from "../support/wire.ts";

const KEYS = [1, 2].map((byte) => privateKeyOf(new Uint8Array(32).fill(byte)));
const NAMES = ["Ann", "Bob"];
const LOBBY = { hostname: "lobby.lan", port: 5555 };

/** A start whose second player gives that key. */
function startOver(
  kind: "amqp" | "relay",
  publicKey: string | undefined = exportPublicKey(KEYS[1]),
): StartMessage {
  const keys = [exportPublicKey(KEYS[0]), publicKey];
  return {
    ...{ type: "start", match: "match", token: "0123456789abcdef" },
    rules: { players: 2, points: 11, lives: 5, graceMs: 20_000 },
    transport: kind === "relay"
      ? { kind }
      : { kind, url: "amqp://localhost", exchange: "pong" },
    players: NAMES.map((name, slot) => ({
      ...{ id: name.toLowerCase(), slot, name, look: slot, isBot: false },
      ...{ epoch: slot, start: { x: 0, y: 0 } },
      ...(keys[slot] === "" ? {} : { publicKey: keys[slot] }),
    })),
  };
}

function open(slot: number, start: StartMessage) {
  return openMatchTransport({
    ...{ lobby: LOBBY, start, signal: FOREVER },
    seat: start.players[slot],
    privateKey: KEYS[slot],
    faults: { ...NO_TRANSPORT_FAULTS, delayMs: 30 },
    random: () => 0.5,
    nowMs: () => performance.now(),
  });
}

for (const [what, key] of [["no", ""], ["a wrong", "A"]]) {
  Deno.test(`a match over a broker is refused where a player gives ${what} key`, async () => {
    const start = startOver("amqp", key);
    const watching = openWatchTransport({
      lobby: LOBBY,
      start,
      signal: FOREVER,
    });
    watching.catch(() => {});

    await expect(open(0, start)).rejects.toThrow(NetworkError);
    await expect(open(0, start)).rejects
      .toThrow(/play with Bob over a broker.* Update it/);
    await expect(watching).rejects.toThrow("Cannot watch Bob over a broker");
  });
}

Deno.test("a match over a broker is signed, found at the lobby's host, and made worse on the way", async () => {
  using time = new VirtualTime();
  using broker = new FakeBroker(time);
  const start = startOver("amqp");
  const opening = Promise.all([
    open(0, start),
    open(1, start),
    openWatchTransport({ lobby: LOBBY, start, signal: FOREVER }),
  ]);
  await broker.settle();
  const [ann, bob, watching] = await opening;
  expect(broker.hosts).toEqual(["lobby.lan", "lobby.lan", "lobby.lan"]);
  const pass = async (bytes: (content: number[]) => number[]) => {
    const [{ key, content }] = broker.published.splice(0);
    broker.deliver("pong", key, Uint8Array.from(bytes([...content])));
    await broker.settle();
  };
  const heard = () =>
    [bob.transport, watching].map((end) =>
      end.receive().map(({ from, packet }) => [from.epoch, ...packet])
    );

  ann.transport.send(Uint8Array.of(42));
  await time.pass(29);
  ann.transport.receive();
  await broker.settle();
  expect(broker.published).toEqual([]);
  await time.pass(1);
  ann.transport.receive();
  await broker.settle();
  expect(broker.published[0].key).toBe("match.ann.0");
  expect(broker.published[0].content.length).toBe(1 + 64);
  await pass((content) => content);
  // Who plays hears it later by as much; who watches has no faults of its own.
  expect(heard()).toEqual([[], [[0, 42]]]);
  await time.pass(30);
  expect(heard()).toEqual([[[0, 42]], []]);
  ann.faulty.faults = bob.faulty.faults = NO_TRANSPORT_FAULTS;
  ann.transport.send(Uint8Array.of(43));
  await broker.settle();
  await pass(([first, ...rest]) => [first + 1, ...rest]);

  expect(heard()).toEqual([[], []]);
  expect([bob.transport.rejected, watching.rejected]).toEqual([1, 1]);
  const ends = [ann.transport, bob.transport, watching];
  const closing = Promise.all(ends.map((end) => end[Symbol.asyncDispose]()));
  await broker.settle();
  await closing;
});

Deno.test("a match over the relay needs no key, and is made worse on the way", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  const opening = open(0, startOver("relay", ""));
  await time.settle();
  expect(await lobby.client.line()).toBe("relay 0123456789abcdef");
  await lobby.client.say({ type: "relay", slot: 0, epoch: 0 });
  const { transport, faulty } = await opening;
  const [far] = lobby.dialled;

  transport.send(Uint8Array.of(42));
  await time.settle();
  expect(far.take().length).toBe(0);
  faulty.faults = NO_TRANSPORT_FAULTS;
  await time.pass(30);
  transport.send(Uint8Array.of(43));
  await time.settle();

  expect([...far.take()]).toEqual([0, 2, 0, 42, 0, 2, 0, 43]);
  await transport[Symbol.asyncDispose]();
});

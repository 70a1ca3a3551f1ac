// What a match makes of the transport that the lobby names: signed over a broker, worse where
// somebody wants that, and refused where a player can't sign.
import { expect } from "@std/expect";
import { NetworkError } from "../../net/link/network_error.ts";
import { NO_TRANSPORT_FAULTS } from "../../net/transport/faulty.ts";
import { FakeBroker } from "../support/fake_broker.ts";
import { VirtualTime } from "../support/virtual_time.ts";
import { FakeLobby } from "../support/wire.ts";
import { LOBBY, openPlayer, openWatch, startOver } from "./two_players.ts";

const BROKER = {
  kind: "amqp",
  url: "amqp://localhost",
  exchange: "pong",
} as const;
const FAULTS = { ...NO_TRANSPORT_FAULTS, delayMs: 30 };

for (const [what, key] of [["no", ""], ["a wrong", "A"]]) {
  Deno.test(`a match over a broker is refused where a player gives ${what} key`, async () => {
    const [{ publicKey = "" }] = startOver(BROKER).players;
    const start = startOver(BROKER, "match", [publicKey, key]);
    const playing = openPlayer(start, 0);
    playing.catch(() => {});

    await expect(openWatch(start)).rejects
      .toThrow("Cannot watch Bob over a broker");
    await expect(playing).rejects.toThrow(NetworkError);
    await expect(playing).rejects
      .toThrow(/play with Bob over a broker.* Update it/);
  });
}

Deno.test("a match over a broker is signed, found at the lobby's host, and made worse on the way", async () => {
  using time = new VirtualTime();
  using broker = new FakeBroker(time);
  const start = startOver(BROKER);
  const opening = Promise.all([
    openPlayer(start, 0, FAULTS),
    openPlayer(start, 1, FAULTS),
    openWatch(start),
  ]);
  await broker.settle();
  const [ann, bob, watching] = await opening;
  expect(broker.hosts).toEqual(new Array(3).fill(LOBBY.hostname));
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
  const [{ key, content }] = broker.published;
  expect([key, content.length]).toEqual(["match.ann.0", 1 + 64]);
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
  const start = startOver({ kind: "relay" }, "match", []);
  const opening = openPlayer(start, 0, FAULTS);
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

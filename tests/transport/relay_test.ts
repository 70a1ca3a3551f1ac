import { expect } from "@std/expect";
import { NetworkError } from "../../net/link/network_error.ts";
import { openRelay, openRelayWatch } from "../../net/transport/relay.ts";
import {
  FOREVER,
  openLobby,
  RawClient,
  relay,
  startMatch,
  temporaryFolder,
} from "../support/lobby.ts";
import {
  nextPacket,
  nextPackets,
  testTransport,
} from "../support/transport_contract.ts";
import { VirtualTime } from "../support/virtual_time.ts";
import { soon, until } from "../support/waiting.ts";
import { FakeLobby } from "../support/wire.ts";
import { CAN_READ_NODELAY, nodelayOf } from "./nodelay.ts";

function frame(...packet: number[]): Uint8Array {
  return Uint8Array.of(0, packet.length + 1, 0xff, ...packet);
}

testTransport("relay", async () => {
  await using stack = new AsyncDisposableStack();
  const lobby = stack.use(await openLobby());
  const { tokens } = stack.use(await startMatch(lobby));
  const a = stack.use(await relay(lobby, tokens[0]));
  const b = stack.use(await relay(lobby, tokens[1]));
  const all = stack.move();
  return { a, b, [Symbol.asyncDispose]: () => all.disposeAsync() };
});

Deno.test({
  name: "relay turns Nagle's algorithm off at both ends of each connection",
  ignore: !CAN_READ_NODELAY,
  fn: async () => {
    await using lobby = await openLobby();
    await using match = await startMatch(lobby);
    await using a = await relay(lobby, match.tokens[0]);
    await using b = await relay(lobby, match.tokens[1]);
    a.send(Uint8Array.of(1));
    await nextPacket(b);

    // Two players, a control and a relay connection each, both ends in this process.
    expect(nodelayOf(lobby.port)).toEqual(new Array(8).fill(true));
  },
});

Deno.test("relay goes on by itself after the lobby was restarted in mid-match, until all have left", async () => {
  await using folder = await temporaryFolder();
  const stateFolder = folder.path;
  const lobby = await openLobby({}, { stateFolder });
  const match = await startMatch(lobby, { players: 3 });
  const [a, b, c] = await Promise.all(
    match.tokens.map((token) => relay(lobby, token)),
  );
  await match[Symbol.asyncDispose]();
  await using ends = new AsyncDisposableStack();
  for (const end of [a, b, c]) ends.use(end);

  await lobby[Symbol.asyncDispose]();
  await until(() => !a.link.up && !b.link.up, "Noticing");
  const { port } = lobby;
  await using next = await openLobby({ matchLingerMs: 50 }, {
    ...{ port, stateFolder },
  });
  await until(() => next.counts().relays === 3, "Coming back");

  await until(() => [a, b, c].every(({ link }) => link.up), "Answering");
  a.send(Uint8Array.of(1));
  c.send(Uint8Array.of(3));
  const atB = await nextPackets(b, 2);
  expect(atB.map(({ from, packet }) => [from.slot, ...packet]).toSorted())
    .toEqual([[0, 1], [2, 3]]);
  expect([...(await nextPacket(a)).packet]).toEqual([3]);
  expect(next.counts()).toMatchObject({ connections: 3, matches: 1 });
  await ends.disposeAsync();
  await until(() => next.counts().matches === 0, "Forgetting");
});

Deno.test("relay gives up when the lobby doesn't know the seat any more", async () => {
  const lobby = await openLobby();
  const match = await startMatch(lobby);
  const [token] = match.tokens;
  await using transport = await relay(lobby, token);
  await match[Symbol.asyncDispose]();
  await lobby[Symbol.asyncDispose]();
  await using stranger = await openLobby({}, { port: lobby.port });

  const reason = await soon(transport.closed, "The end");

  expect(reason).toEqual({
    kind: "failed",
    message: expect.stringMatching(/Cannot relay .* isn't of this lobby/),
  });
  expect(transport.link.up).toBe(false);
  await expect(relay(stranger, token)).rejects.toThrow(NetworkError);
});

Deno.test("a lobby's limits are those of its relay", async () => {
  await using lobby = await openLobby({
    relayFrames: { perSecond: 1, burst: 10 },
    relaySilenceMs: 300,
  });
  await using match = await startMatch(lobby);
  const [fast, silent] = await Promise.all(
    match.tokens.map(async (token) => {
      const raw = await RawClient.connect(lobby, `relay ${token}\n`);
      expect((await raw.message()).type).toBe("relay");
      return raw;
    }),
  );

  for (let i = 0; i < 11; i++) await fast.say(frame()).catch(() => {});

  for (let i = 0; i < 30;) i += (await soon(fast.bytes(), "Ten"))?.length ?? 30;
  expect(await soon(fast.bytes(), "The fast one's end")).toBe(undefined);
  expect(await soon(silent.bytes(), "The silent one's end")).toBe(undefined);
  await until(() => lobby.counts().relays === 0, "Forgetting");
  for (const raw of [fast, silent]) raw.close();
});

const WHERE = {
  ...{ hostname: "10.0.0.5", port: 5555, token: "word", signal: FOREVER },
};
const SENDER_BYTE = 2 | 3 << 2;

/** A relay in virtual time, and a lobby that says what a test wants. */
async function open({ roomBytes = Infinity, signal = FOREVER } = {}) {
  const time = new VirtualTime();
  const lobby = new FakeLobby(roomBytes);
  /** Confirms whoever has dialled last; returns the lobby's end of that connection. */
  const answer = async () => {
    await time.settle();
    expect(await lobby.client.line()).toBe("relay word");
    await lobby.client.say({ type: "relay", slot: 2, epoch: 3 });
    await time.settle();
    return lobby.dialled[lobby.dialled.length - 1];
  };
  const opening = openRelay({ ...WHERE, signal });
  const far = await answer();
  const transport = await opening;
  return {
    ...{ time, lobby, answer, far, transport },
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]();
      lobby[Symbol.dispose]();
      time[Symbol.dispose]();
    },
  };
}

Deno.test("relay connects again by itself after the connection broke, sooner than after a failure", async () => {
  await using opened = await open();
  const { time, lobby, answer, far, transport } = opened;
  const breakDown = async (end: typeof far) => {
    end.close();
    lobby.refusal = new Deno.errors.ConnectionRefused();
    await time.settle();
  };
  const triesMs = async (forMs: number) => {
    const beganMs = time.nowMs;
    const { length } = lobby.attempts;
    await time.pass(forMs);
    return lobby.attempts.slice(length).map((atMs) => atMs - beganMs);
  };
  await breakDown(far);
  expect(transport.link).toEqual({
    up: false,
    detail: "The connection to the lobby at 10.0.0.5:5555 broke. " +
      "Connecting again.",
  });

  expect(await triesMs(4_000))
    .toEqual([50, 150, 350, 750, 1_550, 2_550, 3_550]);
  expect(transport.link.detail).toContain("no lobby listens there");
  transport.send(Uint8Array.of(1));
  lobby.refusal = undefined;
  await time.pass(550);
  const second = await answer();
  expect(transport.link).toEqual({ up: true, detail: "" });
  expect(second.take().length).toBe(0);
  await second.write(frame(7));
  await time.settle();
  expect(transport.receive()).toMatchObject([
    { from: { slot: 3, epoch: 63 }, packet: Uint8Array.of(7) },
  ]);
  await breakDown(second);

  expect(await triesMs(400)).toEqual([50, 150, 350]);
});

Deno.test("relay leaves a lobby that answers nothing any more", async () => {
  await using opened = await open();
  const { time, far, transport } = opened;
  await time.pass(2_400);
  await far.write(Uint8Array.of(0));
  // Half a second at a time is counted, the one included in which something came.
  await time.pass(2_099);
  expect([transport.link.up, far.isOver]).toEqual([true, false]);
  // A sign of life each half a second.
  const lives = new Array(8).fill([0, 1, SENDER_BYTE]).flat();
  expect([...far.take()]).toEqual(lives);

  await time.pass(1);

  expect([transport.link.up, far.isOver]).toEqual([false, true]);
});

Deno.test("relay counts what is no frame, and connects again", async () => {
  await using opened = await open();
  const { time, lobby, far, transport } = opened;

  await far.write(Uint8Array.of(...frame(), ...frame(5), 0, 0));
  await time.pass(50);

  expect(transport.rejected).toBe(1);
  expect(transport.receive().map(({ packet }) => [...packet])).toEqual([[5]]);
  expect([far.isOver, lobby.dialled.length]).toEqual([true, 2]);
});

Deno.test("what waits for a lobby that doesn't read goes nowhere once the connection broke", async () => {
  await using opened = await open({ roomBytes: 10 });
  const { time, answer, far, transport } = opened;
  for (let i = 0; i < 9; i++) {
    transport.send(Uint8Array.of(i));
    await time.settle();
  }
  far.close();
  await time.pass(50);
  const second = await answer();

  transport.send(Uint8Array.of(42));
  await time.settle();

  expect([...second.take()]).toEqual([0, 2, SENDER_BYTE, 42]);
});

Deno.test("a relay ends with its signal, without a trace, and then does nothing", async () => {
  const stop = new AbortController();
  await using opened = await open({ signal: stop.signal });
  const { time, far, transport } = opened;
  await far.write(frame(1));
  await time.settle();

  stop.abort();

  expect(await transport.closed).toEqual({ kind: "local" });
  expect(transport.link).toEqual({ up: false, detail: "Closed by this side." });
  expect(transport.receive()).toEqual([]);
  expect([far.take().length, far.isOver]).toEqual([0, true]);
});

Deno.test("who watches hears packets, and ends once its token is good no more", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  const failed = {
    message: "Cannot relay through the lobby at 10.0.0.5:5555: It is over.",
  };
  const refuse = () =>
    lobby.client.say({
      ...{ type: "error", code: "bad_token", message: "It is over." },
    });
  const opening = openRelayWatch(WHERE);
  await time.settle();
  await lobby.client.say({ type: "watch" });
  await using watching = await opening;
  const [far] = lobby.dialled;
  await far.write(frame(8));
  await time.settle();
  expect(watching.receive().map(({ packet }) => [...packet])).toEqual([[8]]);
  far.close();
  await time.pass(50);
  expect(await lobby.client.line()).toBe("watch word");
  await refuse();

  expect(await watching.closed).toEqual({ kind: "failed", ...failed });
  const again = openRelayWatch(WHERE);
  again.catch(() => {});
  await time.settle();
  await refuse();
  await expect(again).rejects.toThrow(new NetworkError(failed.message));
});

import { expect } from "@std/expect";
import { NetworkError } from "../../net/link/network_error.ts";
import type { Transport } from "../../net/match/transport.ts";
import { openRelay, openRelayWatch } from "../../net/transport/relay.ts";
import {
  FOREVER,
  openLobby,
  RawClient,
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
import { FakeLobby, type WireEnd } from "../support/wire.ts";
import { CAN_READ_NODELAY, nodelayOf } from "./nodelay.ts";

interface Where {
  readonly port: number;
}

function relay(lobby: Where, token: string): Promise<Transport> {
  return openRelay({
    hostname: "127.0.0.1",
    port: lobby.port,
    token,
    signal: FOREVER,
  });
}

/** Opens a relay connection by hand; frames go both ways from there. */
async function rawRelay(lobby: Where, token: string): Promise<RawClient> {
  const raw = await RawClient.connect(lobby);
  await raw.say(`relay ${token}\n`);
  expect((await raw.message()).type).toBe("relay");
  return raw;
}

function frame(...packet: number[]): Uint8Array {
  return Uint8Array.of(0, packet.length + 1, 0xff, ...packet);
}

testTransport("relay", async () => {
  const lobby = await openLobby();
  const match = await startMatch(lobby);
  const [a, b] = await Promise.all(
    match.tokens.map((token) => relay(lobby, token)),
  );
  return {
    a,
    b,
    async [Symbol.asyncDispose]() {
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
      await match[Symbol.asyncDispose]();
      await lobby[Symbol.asyncDispose]();
    },
  };
});

Deno.test({
  name: "relay turns Nagle's algorithm off at both ends of each connection",
  ignore: !CAN_READ_NODELAY,
  fn: async () => {
    await using lobby = await openLobby();
    await using match = await startMatch(lobby);
    const [mia, ben] = match.tokens;
    await using a = await relay(lobby, mia);
    await using b = await relay(lobby, ben);
    a.send(Uint8Array.of(1));
    await nextPacket(b);

    const options = nodelayOf(lobby.port);

    // Two players, a control and a relay connection each, both ends in this process.
    expect(options.length).toBe(8);
    expect(options).not.toContain(false);
  },
});

Deno.test("relay goes on by itself after the lobby was restarted in mid-match", async () => {
  await using folder = await temporaryFolder();
  const stateFolder = folder.path;
  const lobby = await openLobby({}, { stateFolder });
  await using match = await startMatch(lobby, { players: 3 });
  const [a, b, c] = await Promise.all(
    match.tokens.map((token) => relay(lobby, token)),
  );
  await using ends = new AsyncDisposableStack();
  for (const end of [a, b, c]) ends.use(end);

  await lobby[Symbol.asyncDispose]();
  await until(() => !a.link.up && !b.link.up, "Noticing");
  await using next = await openLobby({}, { port: lobby.port, stateFolder });
  await until(() => next.counts().relays === 3, "Coming back");

  await until(() => [a, b, c].every(({ link }) => link.up), "Answering");
  a.send(Uint8Array.of(1));
  c.send(Uint8Array.of(3));
  const atB = await nextPackets(b, 2);
  expect(atB.map(({ from, packet }) => [from.slot, ...packet]).toSorted())
    .toEqual([[0, 1], [2, 3]]);
  expect([...(await nextPacket(a)).packet]).toEqual([3]);
  expect(next.counts().matches).toBe(1);
});

Deno.test("relay gives up when the lobby doesn't know the seat any more", async () => {
  const lobby = await openLobby();
  const match = await startMatch(lobby);
  await using transport = await relay(lobby, match.tokens[0]);
  await match[Symbol.asyncDispose]();
  await lobby[Symbol.asyncDispose]();
  await using _stranger = await openLobby({}, { port: lobby.port });

  const reason = await soon(transport.closed, "The end");

  expect(reason.kind === "failed" && reason.message)
    .toContain("it isn't of this lobby");
  expect(transport.link.up).toBe(false);
});

Deno.test("a lobby forgets a match of its former life when nobody is there any more", async () => {
  await using folder = await temporaryFolder();
  const stateFolder = folder.path;
  const lobby = await openLobby({}, { stateFolder });
  const match = await startMatch(lobby);
  await match[Symbol.asyncDispose]();
  await lobby[Symbol.asyncDispose]();
  await using next = await openLobby({ matchLingerMs: 50 }, { stateFolder });
  const transport = await relay(next, match.tokens[0]);
  expect(next.counts()).toMatchObject({ matches: 1, relays: 1 });

  await transport[Symbol.asyncDispose]();

  await until(() => next.counts().matches === 0, "Forgetting");
});

Deno.test("relay refuses a foreign token", async () => {
  await using lobby = await openLobby();
  await using _match = await startMatch(lobby);

  const opening = relay(lobby, "0123456789abcdef0123456789abcdef");

  await expect(opening).rejects.toThrow(NetworkError);
  await expect(opening).rejects.toThrow(/Cannot relay .* isn't of this lobby/);
});

Deno.test("a lobby's limits are those of its relay", async () => {
  await using lobby = await openLobby({
    relayFrames: { perSecond: 1, burst: 10 },
    relaySilenceMs: 300,
  });
  await using match = await startMatch(lobby);
  const [mia, ben] = match.tokens;
  using fast = await rawRelay(lobby, mia);
  using silent = await rawRelay(lobby, ben);

  for (let i = 0; i < 11; i++) await fast.say(frame()).catch(() => {});

  for (let i = 0; i < 30;) i += (await soon(fast.bytes(), "Ten"))?.length ?? 30;
  expect(await soon(fast.bytes(), "The fast one's end")).toBe(undefined);
  expect(await soon(silent.bytes(), "The silent one's end")).toBe(undefined);
  await until(() => lobby.counts().relays === 0, "Forgetting");
});

/** The seat that a lobby confirms which says what a test wants, in virtual time. */
const SEAT = { type: "relay", slot: 2, epoch: 3 };
const SENDER_BYTE = 2 | 3 << 2;

function dial(options: { readonly signal?: AbortSignal } = {}) {
  const signal = FOREVER;
  return openRelay({
    ...{ hostname: "10.0.0.5", port: 5555, token: "word", signal },
    ...options,
  });
}

/** Answers whoever has dialled last, and returns what it is sent from then on. */
async function answer(time: VirtualTime, lobby: FakeLobby): Promise<WireEnd> {
  await time.settle();
  const { client } = lobby;
  expect(await client.line()).toBe("relay word");
  await client.say(SEAT);
  await time.settle();
  return lobby.dialled[lobby.dialled.length - 1];
}

Deno.test("relay connects again by itself after the connection broke, sooner than after a failure", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  const opening = dial();
  const first = await answer(time, lobby);
  await using transport = await opening;
  first.close();
  lobby.refusal = new Deno.errors.ConnectionRefused();
  await time.settle();
  expect(transport.link).toEqual({
    up: false,
    detail: "The connection to the lobby at 10.0.0.5:5555 broke. " +
      "Connecting again.",
  });

  const triesMs = async (forMs: number) => {
    const tries: number[] = [];
    const beganMs = time.nowMs;
    const { length } = lobby.attempts;
    await time.pass(forMs);
    for (const atMs of lobby.attempts.slice(length)) tries.push(atMs - beganMs);
    return tries;
  };
  expect(await triesMs(4_000)).toEqual([
    50,
    150,
    350,
    750,
    1_550,
    2_550,
    3_550,
  ]);
  expect(transport.link.detail).toContain("no lobby listens there");
  transport.send(Uint8Array.of(1));
  lobby.refusal = undefined;
  await time.pass(550);
  const second = await answer(time, lobby);
  expect(transport.link).toEqual({ up: true, detail: "" });
  expect(second.take().length).toBe(0);
  await second.write(frame(7));
  await time.settle();
  expect(transport.receive()).toMatchObject([{
    from: { slot: 3, epoch: 63 },
    packet: Uint8Array.of(7),
  }]);
  second.close();
  lobby.refusal = new Deno.errors.ConnectionRefused();
  await time.settle();

  expect(await triesMs(400)).toEqual([50, 150, 350]);
});

Deno.test("relay leaves a lobby that answers nothing any more", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  const opening = dial();
  const far = await answer(time, lobby);
  await using transport = await opening;
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
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  const opening = dial();
  const far = await answer(time, lobby);
  await using transport = await opening;

  await far.write(Uint8Array.of(...frame(), ...frame(5), 0, 0));
  await time.pass(50);

  expect(transport.rejected).toBe(1);
  expect(transport.receive().map(({ packet }) => [...packet])).toEqual([[5]]);
  expect([far.isOver, lobby.dialled.length]).toEqual([true, 2]);
});

Deno.test("what waits for a lobby that doesn't read goes nowhere once the connection broke", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby(10);
  const opening = dial();
  const first = await answer(time, lobby);
  await using transport = await opening;
  for (let i = 0; i < 9; i++) {
    transport.send(Uint8Array.of(i));
    await time.settle();
  }
  first.close();
  await time.pass(50);
  const second = await answer(time, lobby);

  transport.send(Uint8Array.of(42));
  await time.settle();

  expect([...second.take()]).toEqual([0, 2, SENDER_BYTE, 42]);
});

Deno.test("opening a relay ends at once when its signal aborts", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  const stop = new AbortController();
  const opening = dial({ signal: stop.signal });
  opening.catch(() => {});
  await time.settle();

  stop.abort();

  await expect(opening).rejects.toThrow("aborted");
  expect(lobby.dialled[0].isOver).toBe(false);
});

Deno.test("opening a relay fails when no lobby answers within 3 s, or answers something else", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  const answers = [undefined, { type: "watch" }, { type: "pong" }];
  for (const answer of answers) {
    const opening = dial();
    opening.catch(() => {});
    await time.pass(2_999);
    const far = lobby.dialled[lobby.dialled.length - 1];
    expect(far.isOver).toBe(false);
    if (answer === undefined) await time.pass(1);
    else await lobby.client.say(answer);

    await expect(opening).rejects.toThrow(NetworkError);
    await expect(opening).rejects.toThrow("it doesn't answer");
    far.take();
    expect(far.isOver).toBe(true);
  }
});

Deno.test("a relay ends with its signal, without a trace, and then does nothing", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  const stop = new AbortController();
  const opening = dial({ signal: stop.signal });
  const far = await answer(time, lobby);
  await using transport = await opening;
  await far.write(frame(1));
  await time.settle();

  stop.abort();

  expect(await transport.closed).toEqual({ kind: "local" });
  expect(transport.link).toEqual({ up: false, detail: "Closed by this side." });
  expect(transport.receive()).toEqual([]);
  expect([far.take().length, far.isOver]).toEqual([0, true]);
});

Deno.test("watching ends where the lobby says that the token is no good", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  const opening = openRelayWatch({
    ...{ hostname: "10.0.0.5", port: 5555, token: "gone", signal: FOREVER },
  });
  opening.catch(() => {});
  await time.settle();
  expect(await lobby.client.line()).toBe("watch gone");
  const message = "It isn't of this lobby.";

  await lobby.client.say({ type: "error", code: "bad_token", message });

  await expect(opening).rejects.toThrow(NetworkError);
  await expect(opening).rejects.toThrow(message);
});

Deno.test("who watches hears packets, and ends once its token is good no more", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  const opening = openRelayWatch({
    ...{ hostname: "10.0.0.5", port: 5555, token: "word", signal: FOREVER },
  });
  await time.settle();
  await lobby.client.say({ type: "watch" });
  await using watching = await opening;
  const [far] = lobby.dialled;
  await far.write(frame(8));
  await time.settle();
  expect(watching.receive().map(({ packet }) => [...packet])).toEqual([[8]]);
  far.close();
  await time.pass(50);
  const message = "It is over.";

  await lobby.client.say({ type: "error", code: "bad_token", message });

  expect(await watching.closed).toEqual({
    kind: "failed",
    message: `Cannot relay through the lobby at 10.0.0.5:5555: ${message}`,
  });
});

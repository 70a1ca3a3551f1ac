/**
 * Throws hostile input at a lobby: wrong JSON, wrong types, wrong bytes, wrong moments.
 *
 * Everything follows from one seed, so that a failure can be repeated. By itself, with
 * `--inputs 100000` for example, it starts a lobby with two players who exchange numbered packets
 * all the while, and says what they noticed: nothing is what they should.
 *
 * @module
 */
import type { Lobby } from "../../lobby.ts";
import { parseLobbyLine } from "../../net/lobby/parsed_line.ts";
import { PACKET_BYTES_MAX } from "../../net/match/transport.ts";
import { openLobby, RawClient, relay, startMatch } from "../support/lobby.ts";
import { last } from "../support/waiting.ts";

export interface FuzzOptions {
  readonly lobby: Lobby;
  /** Inputs in all; each is one line, frame or chunk, right or wrong. */
  readonly inputs: number;
  /** Connections at a time. */
  readonly connections: number;
  readonly seed: number;
  /** Called after every thousand inputs. */
  readonly onProgress?: (inputs: number) => void;
}

export interface FuzzReport {
  readonly inputs: number;
  readonly connections: number;
  /** How often the lobby gave each answer: the code of an error, else the type. */
  readonly answers: Readonly<Record<string, number>>;
}

/** Limits under which one address may throw as much as it can. */
export const MANY = {
  ...{ connections: 200, connectionsPerAddress: 200 },
  attempts: { perSecond: 1e6, burst: 1e6 },
  messagesPerAddress: { perSecond: 1e6, burst: 1e6 },
};

/** Inputs that one connection throws at most before it goes away. */
const INPUTS_PER_CONNECTION_MAX = 12;

/** Throws `inputs` at the lobby; resolves when all connections are closed. */
export async function fuzzLobby(options: FuzzOptions): Promise<FuzzReport> {
  const { lobby, inputs, connections, seed, onProgress } = options;
  let thrown = 0;
  let opened = 0;
  const answers: Record<string, number> = {};
  const attack = async (random: Random) => {
    while (thrown < inputs) {
      const client = await RawClient.connect(lobby);
      opened++;
      const reading = countAnswers(client, answers);
      try {
        // Who begins wrongly is not heard any further, so half of them begin rightly.
        if (random(2) === 0) await client.say(json(validJoin(random)));
        const count = 1 + random(INPUTS_PER_CONNECTION_MAX);
        for (let i = 0; i < count && thrown < inputs; i++) {
          thrown++;
          if (thrown % 1000 === 0) onProgress?.(thrown);
          await throwOne(client, random);
        }
      } catch {
        // The lobby had enough of us; that is its right.
      }
      // Half of them go rudely; the others let the lobby read and answer all they said.
      if (random(2) === 0) {
        await client.finish().catch(() => {});
        await reading;
      }
      client.close();
      await reading;
    }
  };
  await Promise.all(
    Array.from(
      { length: connections },
      (_, i) => attack(createRandom(seed + i * 7919)),
    ),
  );
  return { inputs: thrown, connections: opened, answers };
}

/** Draws a whole number from 0 to `bound` − 1. */
type Random = (bound: number) => number;

/** A linear congruential generator: poor chance, but the same everywhere. */
function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * bound);
  };
}

/** Reads to the end, and counts the lines by what they are. */
async function countAnswers(
  client: RawClient,
  answers: Record<string, number>,
): Promise<void> {
  for (;;) {
    const line = await client.line();
    // Whoever speaks HTTP is answered in it.
    if (line === undefined || line.startsWith("HTTP/")) return;
    const message = parseLobbyLine(line);
    const what = message?.type === "error"
      ? message.code
      : message?.type ?? "no message";
    answers[what] = (answers[what] ?? 0) + 1;
  }
}

/** Writes one input, sometimes in pieces. */
async function throwOne(client: RawClient, random: Random): Promise<void> {
  const bytes = any(random, INPUTS)(random);
  const pieces = random(4) === 0 ? 2 + random(4) : 1;
  const size = Math.max(1, Math.ceil(bytes.length / pieces));
  for (let at = 0; at < bytes.length; at += size) {
    await client.say(bytes.subarray(at, at + size));
  }
}

const encoder = new TextEncoder();
const line = (text: string) => encoder.encode(text + "\n");
const json = (value: unknown) => line(JSON.stringify(value));

const VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 2, 3.5, 1e308, 2 ** 53],
  ...["", "Mia", "x".repeat(3000), "\u0000", "\u202eaiM", "\ud800"],
  ...[[], [[[]]], {}, { toString: 1 }],
];

const KEYS = [
  ...["version", "name", "room", "players", "points", "lives"],
  ...["publicKey", "resume", "spectate", "look", "isBot", "isReady"],
];
const TYPES = [
  ...["join", "return", "ping", "leave", "result", "claim", "over"],
  ...["granted", "refused", "ready", "again", "committed", "move", ""],
];
const CLAIM_KEYS = ["match", "era", "value", "seats"];

function any<T>(random: Random, items: readonly T[]): T {
  return items[random(items.length)];
}

function anyBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random(256));
}

function validJoin(random: Random): Record<string, unknown> {
  return {
    type: "join",
    version: 4,
    name: `Fuzz ${random(1000)}`,
    room: `FUZZ${random(4)}`,
    players: 2 + (random(8) >> 2) + (random(8) >> 2),
    look: random(4),
    isReady: random(3) > 0,
  };
}

function validClaim(random: Random): Record<string, unknown> {
  return {
    type: "claim",
    match: `${random(9)}-${random(9)}`,
    era: random(70),
    value: "1|2,3".repeat(random(60)),
    seats: Array.from({ length: random(5) }, () => [random(5), random(17)]),
  };
}

/** Looks like a seat's token: the text of some seat, and some MAC. */
function anyToken(random: Random): string {
  const options = { alphabet: "base64url", omitPadding: true } as const;
  const seat = JSON.stringify([any(random, VALUES), random(4)]);
  return `${encoder.encode(seat).toBase64(options)}.` +
    anyBytes(random, 32).toBase64(options);
}

/** Every kind of input: each makes one from chance. */
const INPUTS: readonly ((random: Random) => Uint8Array)[] = [
  // Right, so that the rest also happens to those who have a seat.
  (random) => json(validJoin(random)),
  (random) => json({ ...validJoin(random), room: undefined }),
  () => json({ type: "ping" }),
  () => json({ type: "leave" }),
  (random) => json({ type: "ready", isReady: random(2) === 0 }),
  (random) => json({ type: "move", room: `FUZZ${random(4)}` }),
  (random) => json({ type: "ping", rttMs: random(200) / 3 }),
  (random) => json({ type: "ping", rttMs: any(random, VALUES) }),
  (random) => json({ type: "again", match: `${random(9)}-${random(9)}` }),
  (random) => json(validClaim(random)),
  (random) => json({ ...validClaim(random), type: "committed" }),
  (random) => json({ ...validJoin(random), spectate: true }),
  (random) =>
    json({ ...validJoin(random), room: `NONE${random(4)}`, spectate: true }),
  (random) =>
    json({
      ...{ type: "result", reason: "finished" },
      match: `${random(9)}-${random(9)}`,
      winner: random(5),
      score: [random(20), random(20)],
      confirmedTick: random(9999),
      hash: random(9999),
    }),
  // Wrong values under right keys.
  (random) =>
    json({
      ...validClaim(random),
      [any(random, CLAIM_KEYS)]: any(random, VALUES),
    }),
  (random) => json({ ...validJoin(random), resume: anyToken(random) }),
  (random) => json({ type: "return", version: 4, token: anyToken(random) }),
  (random) => json({ type: "return", version: 4, token: any(random, VALUES) }),
  (random) =>
    json({ ...validJoin(random), [any(random, KEYS)]: any(random, VALUES) }),
  (random) => json({ type: any(random, TYPES), value: any(random, VALUES) }),
  (random) => json(any(random, VALUES)),
  (random) => json({ ...validJoin(random), version: random(5) - 2 }),
  // Wrong JSON, and JSON that is only just right.
  () => line('{"type":"join","version":4,'),
  () => line("[".repeat(4000)),
  () => line('{"a":'.repeat(700) + "1" + "}".repeat(700)),
  () => line('{"type":"join","__proto__":{"name":"x"},"version":4}'),
  () => line('{"constructor":{"prototype":{"type":"join"}}}'),
  () => line('{"type":"ping","type":"leave","type":1e999}'),
  () => line(`{"type":"join","version":4,"name":${"9".repeat(3000)}}`),
  () => line(""),
  () => line("\u0000\u0000\u0000"),
  () => line("GET / HTTP/1.1\r\nHost: x\r\n"),
  // Wrong bytes and wrong lengths.
  (random) => anyBytes(random, 1 + random(300)),
  (random) => line("x".repeat(4000 + random(200))),
  (random) => encoder.encode("x".repeat(random(20_000))),
  (random) => encoder.encode(JSON.stringify(validJoin(random)).slice(0, 20)),
  () => Uint8Array.of(0xc3, 0x28, 0xf0, 0x9f, 10),
  (random) => encoder.encode('{"type":"ping"}\n'.repeat(30 + random(90))),
  // Relay connections with wrong tokens, and frames where lines are expected.
  () => line("relay"),
  () => line("relay "),
  () => line("relay __proto__"),
  (random) => line(`relay ${random(2 ** 30).toString(16)}`),
  (random) => line(`relay ${anyToken(random)}`),
  (random) => line("relay " + "f".repeat(random(5000))),
  () => line("watch "),
  (random) => line(`watch ${random(2 ** 30).toString(16)}`),
  (random) => line(`watch ${anyToken(random)}`),
  (random) =>
    Uint8Array.of(
      ...line(`relay ${random(1000)}`),
      ...anyBytes(random, random(100)),
    ),
  (random) => Uint8Array.of(random(8), random(256), ...anyBytes(random, 40)),
];

/** What two players noticed who exchanged numbered packets. */
export interface ExchangeReport {
  readonly sent: number;
  /** Packets that came in the wrong order or not at all. */
  readonly wrong: number;
  /** Whether both are connected at the end. */
  readonly areUp: boolean;
  readonly gapMsMax: number;
}

/**
 * Lets two players of a match of their own send each other numbered packets, one in 16 ms, until
 * `work` is done.
 */
export async function exchangeDuring(
  lobby: Lobby,
  work: () => Promise<void>,
): Promise<ExchangeReport> {
  await using match = await startMatch(lobby, { room: "QUIET" });
  await using a = await relay(lobby, match.tokens[0]);
  await using b = await relay(lobby, match.tokens[1]);
  const members = [a, b];
  const received = [0, 0];
  let [sent, wrong, gapMsMax] = [0, 0, 0];
  const arrivedAtMs = [performance.now(), performance.now()];
  const poll = () => {
    for (const [me, member] of members.entries()) {
      for (const { atMs, packet } of member.receive()) {
        const number = new DataView(packet.buffer).getUint32(0);
        if (number !== received[me]) wrong++;
        received[me] = number + 1;
        gapMsMax = Math.max(gapMsMax, atMs - arrivedAtMs[me]);
        arrivedAtMs[me] = atMs;
      }
    }
  };
  const timer = setInterval(() => {
    const packet = new Uint8Array(150);
    new DataView(packet.buffer).setUint32(0, sent++);
    for (const member of members) member.send(packet);
    poll();
  }, 16);
  await work();
  clearInterval(timer);
  const endMs = performance.now() + 15_000;
  while (received.some((count) => count < sent) && performance.now() < endMs) {
    await last(5);
    poll();
  }
  for (const count of received) wrong += sent - count;
  const areUp = members.every(({ link }) => link.up);
  return { sent, wrong, areUp, gapMsMax: Math.round(gapMsMax) };
}

/** Throws wrong frames at the relay, as a player of a match who has a right token. */
export async function fuzzRelay({ lobby, token, inputs, seed }: {
  readonly lobby: Lobby;
  readonly token: string;
  readonly inputs: number;
  readonly seed: number;
}): Promise<void> {
  const random = createRandom(seed);
  for (let i = 0; i < inputs; i++) {
    const length = random(PACKET_BYTES_MAX * 2);
    const claimed = random(3) === 0 ? random(65536) : length;
    const client = await RawClient.connect(lobby, `relay ${token}\n`);
    const reading = (async () => {
      while (await client.bytes() !== undefined);
    })();
    try {
      await client.say(Uint8Array.of(claimed >> 8, claimed & 255));
      await client.say(anyBytes(random, length));
    } catch {
      // The relay had enough of us; that is its right.
    }
    client.close();
    await reading;
  }
}

if (import.meta.main && Deno.args.includes("--member")) {
  // Lies of members have nothing in common with this but the name of the task.
  const program = new URL("../match/fuzz_member.ts", import.meta.url).pathname;
  const args = ["run", "-A", program, ...Deno.args];
  const { code } = await new Deno.Command(Deno.execPath(), { args })
    .spawn().status;
  Deno.exit(code);
}

if (import.meta.main) {
  const option = (name: string, otherwise: number) => {
    const at = Deno.args.indexOf(`--${name}`);
    return at < 0 ? otherwise : Number(Deno.args[at + 1]);
  };
  const inputs = option("inputs", 10_000);
  const connections = option("connections", 20);
  const seed = option("seed", 1);
  const print = (text: string) => Deno.stdout.writeSync(line(text));
  await using lobby = await openLobby(MANY);
  const exchange = await exchangeDuring(lobby, async () => {
    const report = await fuzzLobby({
      ...{ lobby, inputs, connections, seed },
      onProgress: (thrown) => {
        if (thrown % 10_000 === 0) print(`${thrown} inputs`);
      },
    });
    print(JSON.stringify({ seed, ...report }));
  });
  print(JSON.stringify(exchange));
  if (exchange.wrong > 0) throw new Error("The players noticed the fuzzing");
}

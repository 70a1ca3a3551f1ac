/**
 * A player's process in which every input is followed; `bench_input.ts` starts two of them.
 *
 * It joins a lobby and plays with the real session, loop and transport, without a page, its inputs
 * from a script. While it plays it only notes times and keeps packets; what was in them is looked up
 * afterwards. At the end it prints `PlayerTimes` as a line of JSON.
 *
 * @module
 */
import type { StartMessage } from "../../net/lobby/protocol.ts";
import { joinLobby, type LobbySeat } from "../../net/lobby/seat.ts";
import { Session } from "../../net/match/session.ts";
import type { Received, Transport } from "../../net/match/transport.ts";
import { decode, SECRET_BYTES } from "../../net/match/wire/wire.ts";
import { runMatchLoop } from "../../net/player/match_loop.ts";
import { sha256 } from "../../net/player/sha256.ts";
import { openAmqp } from "../../net/transport/amqp.ts";
import { brokerUrlFor } from "../../net/transport/broker_url.ts";
import { openRelay } from "../../net/transport/relay.ts";

const HOSTNAME = "127.0.0.1";

/** More points than are made in the time of a benchmark. */
const POINTS = 99;

/** For so many ticks the script holds a key: short, so that rollback has something to do. */
const HOLD_TICKS = 7;

/** Where to play, and for how long. */
export interface PlayerOrder {
  readonly port: number;
  /** From tick 0 on. */
  readonly seconds: number;
}

/** Times by tick, in ms of the clock that all processes of the machine share; `null` is unknown. */
export type TickTimes = readonly (number | null)[];

/** What one player noted. */
export interface PlayerTimes {
  readonly slot: number;
  /** When `advance` took the own input, and when the first packet with it went to the transport. */
  readonly sampledMs: TickTimes;
  readonly sentMs: TickTimes;
  /** When the other's input first arrived, and when the simulation had it applied. */
  readonly arrivedMs: TickTimes;
  readonly appliedMs: TickTimes;
  /** How long each turn took in which a tick was due: receiving and advancing. */
  readonly turnMs: readonly number[];
}

/** One turn of the session. */
interface Turn {
  readonly arrived: readonly Received[];
  readonly beganMs: number;
  readonly endedMs: number;
  readonly receivingMs: number;
  readonly confirmedTick: number;
  readonly sent: readonly Uint8Array[];
}

/** A session that notes its turns. */
class NotedSession extends Session {
  readonly turns: Turn[] = [];
  #arrived: Received[] = [];
  #receivingMs = 0;

  override receive(received: Received): void {
    const beganMs = performance.now();
    super.receive(received);
    this.#receivingMs += performance.now() - beganMs;
    this.#arrived.push(received);
  }

  override advance(nowMs: number, input: number): readonly Uint8Array[] {
    const beganMs = performance.now();
    const packets = super.advance(nowMs, input);
    const endedMs = performance.now();
    const confirmedTick = this.play?.confirmedTick ?? 0;
    const sent = packets.map((packet) => packet.slice());
    const [arrived, receivingMs] = [this.#arrived, this.#receivingMs];
    this.turns.push(
      { arrived, beganMs, endedMs, receivingMs, confirmedTick, sent },
    );
    this.#arrived = [];
    this.#receivingMs = 0;
    return packets;
  }
}

async function play({ port, seconds }: PlayerOrder): Promise<PlayerTimes> {
  const { signal } = new AbortController();
  await using seat = await joinLobby({
    ...{ hostname: HOSTNAME, port, signal },
    join: { name: "Bench", points: POINTS },
  });
  const start = await startOf(seat);
  await using transport = await openTransport(port, seat, start);
  const { slot } = seat.welcome;
  const session = new NotedSession({
    slot,
    rules: start.rules,
    match: start.match,
    epochs: start.players.map(() => 0),
    sha256,
    secret: crypto.getRandomValues(new Uint8Array(SECRET_BYTES)),
    nowMs: performance.now(),
  });
  const stop = new AbortController();
  let endMs = Infinity;
  await runMatchLoop({
    session,
    transport,
    nowMs: () => performance.now(),
    input: () => scriptedInput(slot, session.play?.newestTick ?? 0),
    onAdvance() {
      for (const { kind } of session.takeEvents()) {
        if (kind === "started") endMs = performance.now() + seconds * 1000;
      }
      if (performance.now() >= endMs) stop.abort();
    },
    signal: stop.signal,
  });
  if (session.outcome?.reason !== "player left") {
    throw new Error(`The match ended too early: ${session.outcome?.reason}`);
  }
  return timesOf(slot, session.turns);
}

async function startOf(seat: LobbySeat): Promise<StartMessage> {
  for (;;) {
    const event = await seat.next();
    if (event.kind === "start") return event.start;
    if (event.kind !== "roster") throw new Error(`Seat lost: ${event.kind}`);
  }
}

function openTransport(
  port: number,
  { welcome }: LobbySeat,
  { transport, match, players, token }: StartMessage,
): Promise<Transport> {
  const { signal } = new AbortController();
  switch (transport.kind) {
    case "relay":
      return openRelay({ hostname: HOSTNAME, port, token, signal });
    case "amqp":
      return openAmqp({
        url: brokerUrlFor(transport.url, HOSTNAME),
        exchange: transport.exchange,
        match,
        id: welcome.id,
        slot: welcome.slot,
        epoch: 0,
        peers: players.map(({ id, slot }) => ({ id, slot })),
        signal,
      });
  }
}

/** Up, rest, down, rest; the slots change at different ticks. */
function scriptedInput(slot: number, tick: number): number {
  return [127, 0, -127, 0][Math.floor((tick + 3 * slot) / HOLD_TICKS) % 4];
}

/** Looks up in the packets what became of each tick's input. */
function timesOf(slot: number, turns: readonly Turn[]): PlayerTimes {
  const players = 2;
  const sampledMs: number[] = [];
  const sentMs: number[] = [];
  const arrivedMs: number[] = [];
  const appliedMs: number[] = [];
  for (const { arrived, beganMs, endedMs, confirmedTick, sent } of turns) {
    for (const bytes of sent) {
      const packet = decode(bytes, { slot, players });
      if (packet?.kind !== "play") continue;
      for (let t = sampledMs.length; t <= packet.record.have[slot]; t++) {
        sampledMs.push(shared(beganMs));
        sentMs.push(shared(endedMs));
      }
    }
    for (const { from, atMs, packet: bytes } of arrived) {
      const packet = decode(bytes, { slot: from.slot, players });
      if (packet?.kind !== "play") continue;
      for (const run of packet.runs) {
        for (let i = 0; i < run.inputs.length; i++) {
          arrivedMs[run.start + i] ??= shared(atMs);
        }
      }
    }
    // State `confirmedTick` has both players' inputs of all ticks before it.
    while (appliedMs.length < confirmedTick) appliedMs.push(shared(endedMs));
  }
  return {
    slot,
    sampledMs,
    sentMs,
    arrivedMs: Array.from(arrivedMs, (ms) => ms ?? null),
    appliedMs,
    // The others are looks in between, in which nothing was due.
    turnMs: turns.filter(({ confirmedTick, sent }) =>
      confirmedTick > 0 && sent.length > 0
    ).map((turn) => turn.receivingMs + turn.endedMs - turn.beganMs),
  };
}

function shared(ms: number): number {
  return performance.timeOrigin + ms;
}

if (import.meta.main) {
  const times = await play(JSON.parse(Deno.args[0]));
  const text = `${JSON.stringify(times)}\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(text));
  Deno.exit();
}

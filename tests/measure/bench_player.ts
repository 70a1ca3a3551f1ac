/**
 * A player's process in which every input is followed; `bench_input.ts` starts two of them.
 *
 * It joins a lobby and plays with the real session, loop and transport, without a page, its inputs
 * from a script. While it plays it only notes times and keeps packets; what was in them is looked up
 * afterwards. At the end it prints `PlayerTimes` as a line of JSON.
 *
 * @module
 */
import { Session } from "../../net/match/session.ts";
import type { Received } from "../../net/match/transport.ts";
import { decode } from "../../net/match/wire/wire.ts";
import { runMatchLoop } from "../../net/player/match_loop.ts";
import { answer } from "./ordered_process.ts";
import { takeSeat } from "./taken_seat.ts";

/** More points than are made in the time of a benchmark. */
const POINTS = 99;

/** For so many ticks the script holds a key: short, so that rollback has something to do. */
const HOLD_TICKS = 7;

/** Times by tick, in ms of the clock that all processes of the machine share; `null` is unknown. */
type TickTimes = readonly (number | null)[];

/** What one player noted. */
export interface PlayerTimes {
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
    this.turns.push({
      ...{ arrived: this.#arrived, receivingMs: this.#receivingMs },
      ...{ beganMs, endedMs: performance.now() },
      confirmedTick: this.play?.confirmedTick ?? 0,
      sent: packets.map((packet) => packet.slice()),
    });
    this.#arrived = [];
    this.#receivingMs = 0;
    return packets;
  }
}

/** Plays for so long from tick 0 on. */
async function play(port: number, seconds: number): Promise<PlayerTimes> {
  await using seat = await takeSeat(port, { points: POINTS });
  const { slot } = seat.session;
  const session = new NotedSession(seat.session);
  const stop = new AbortController();
  let endMs = Infinity;
  await runMatchLoop({
    session,
    transport: seat.transport,
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
      for (const { start, inputs } of packet.runs) {
        for (let t = start; t < start + inputs.length; t++) {
          arrivedMs[t] ??= shared(atMs);
        }
      }
    }
    // State `confirmedTick` has both players' inputs of all ticks before it.
    while (appliedMs.length < confirmedTick) appliedMs.push(shared(endedMs));
  }
  return {
    ...{ sampledMs, sentMs, appliedMs },
    arrivedMs: Array.from(arrivedMs, (ms) => ms ?? null),
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
  const [port, seconds] = Deno.args.map(Number);
  answer(await play(port, seconds));
  Deno.exit();
}

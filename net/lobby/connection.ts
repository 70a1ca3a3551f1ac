/**
 * A client's connection to the lobby: asks for something, then follows what the lobby says, with
 * pings that keep the connection alive and measure its round-trip time.
 *
 * @module
 */
import { dial, type LobbyAddress } from "../link/dial.ts";
import { LineConnection } from "../link/line_connection.ts";
import { NetworkError } from "../link/network_error.ts";
import { SilenceWatch } from "../link/silence.ts";
import { parseLobbyLine } from "./parsed_line.ts";
import {
  type ClientLine,
  LINE_BYTES_MAX,
  type LobbyMessage,
  PING_EVERY_MS,
  RTT_MS_MAX,
  SILENCE_MS,
} from "./protocol.ts";
import { nameStranger } from "./stranger.ts";

/** What to ask a lobby. */
export interface Question<Answer> extends LobbyAddress {
  /** The first line, without its newline. */
  readonly line: string;
  /** Turns the lobby's answer into what was asked for, or throws; `undefined` if none came. */
  readonly accept: (answer: LobbyMessage | undefined) => Answer;
  /** How long the lobby may take to answer. */
  readonly timeoutMs: number;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/** A connection whose first line was answered; the caller owns it. */
export interface Answered<Answer> {
  readonly lines: LineConnection;
  readonly answer: Answer;
}

/** Times for tests; the protocol's where they are left out. */
export interface LinkTimes {
  /** How often to ping, and how long the lobby may be silent. */
  readonly pingEveryMs?: number | undefined;
  readonly silenceMs?: number | undefined;
}

/** How often it is checked whether a ping is due or the lobby has fallen silent. */
const CHECK_EVERY_MS = 250;

/**
 * Connects to a lobby, sends a first line, and waits for the answer.
 *
 * @throws NetworkError when the lobby can't be reached or is something else, the signal's reason
 * when it aborts, and what `accept` throws; the connection is closed then.
 */
export async function askLobby<Answer>(
  { hostname, port, line, accept, timeoutMs, signal }: Question<Answer>,
): Promise<Answered<Answer>> {
  const lines = new LineConnection(await dial({ hostname, port, signal }), {
    lineBytesMax: LINE_BYTES_MAX,
  });
  const close = () => lines.close();
  const timer = setTimeout(close, timeoutMs);
  signal.addEventListener("abort", close, { once: true });
  try {
    signal.throwIfAborted();
    lines.send(line);
    const stranger = nameStranger(await lines.peek());
    if (stranger !== undefined) {
      throw new NetworkError(
        `There is no lobby at ${hostname}:${port}: ${stranger} answers there. ` +
          "Check the address and the port.",
      );
    }
    const message = await readMessage(lines);
    signal.throwIfAborted();
    return { lines, answer: accept(message) };
  } catch (error) {
    lines.close();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", close);
  }
}

/** A control connection on which the lobby knows who we are. */
export class LobbyConnection {
  readonly #lines: LineConnection;
  readonly #times: LinkTimes;
  readonly #roundTrip = new RoundTrip();
  readonly #tick: () => number | undefined;

  /** `tick` is what each ping tells of the match. */
  constructor(
    lines: LineConnection,
    times: LinkTimes,
    tick: () => number | undefined = () => undefined,
  ) {
    this.#lines = lines;
    this.#times = times;
    this.#tick = tick;
  }

  /** Queues a message; a no-op once the connection is over. */
  say(message: ClientLine): void {
    this.#lines.send(JSON.stringify(message));
  }

  /** Says goodbye; `follow` then ends soon. */
  leave(): void {
    this.say({ type: "leave" });
    this.#lines.end();
  }

  /**
   * Passes on what the lobby says, except pongs, until the connection is over. Returns why it is,
   * as half a sentence about the lobby. To be called once.
   */
  async follow(onMessage: (message: LobbyMessage) => void): Promise<string> {
    const { pingEveryMs = PING_EVERY_MS, silenceMs = SILENCE_MS } = this.#times;
    const silence = new SilenceWatch(silenceMs, performance.now());
    let why = "it closed the connection";
    let pingedAtMs = this.#ping();
    const timer = setInterval(() => {
      const nowMs = performance.now();
      if (silence.isOver(nowMs)) {
        why = "it has been silent for too long";
        this.#lines.close();
      } else if (nowMs - pingedAtMs >= pingEveryMs) pingedAtMs = this.#ping();
    }, Math.min(pingEveryMs / 2, CHECK_EVERY_MS));
    let message = await readMessage(this.#lines);
    while (message !== undefined) {
      silence.heard();
      if (message.type === "pong") this.#roundTrip.answered(performance.now());
      else onMessage(message);
      message = await readMessage(this.#lines);
    }
    clearInterval(timer);
    this.#lines.close();
    return why;
  }

  /** Sends a ping with the round-trip time measured so far; returns when that was. */
  #ping(): number {
    const nowMs = performance.now();
    const { rttMs } = this.#roundTrip;
    this.#roundTrip.asked(nowMs);
    this.say({
      type: "ping",
      rttMs: rttMs === null
        ? undefined
        : Math.round(Math.min(rttMs, RTT_MS_MAX)),
      tick: this.#tick(),
    });
    return nowMs;
  }
}

/** Waits for the next message; `undefined` when the connection ends or breaks the protocol. */
async function readMessage(
  lines: LineConnection,
): Promise<LobbyMessage | undefined> {
  const event = await lines.read();
  return event?.kind === "line" ? parseLobbyLine(event.text) : undefined;
}

/** Weight of a new sample in the smoothed time, as in TCP (RFC 6298). */
const SMOOTHING = 1 / 8;

/** The round-trip time of one connection, from its pings and pongs. */
class RoundTrip {
  /** When the ping was sent whose pong is awaited. */
  #askedAtMs: number | undefined;
  #rttMs: number | null = null;

  /** `null` before the first pong. */
  get rttMs(): number | null {
    return this.#rttMs;
  }

  /** A ping was sent; one that is sent while another awaits its pong isn't measured. */
  asked(nowMs: number): void {
    this.#askedAtMs ??= nowMs;
  }

  /** A pong came. */
  answered(nowMs: number): void {
    if (this.#askedAtMs === undefined) return;
    const sampleMs = nowMs - this.#askedAtMs;
    this.#askedAtMs = undefined;
    this.#rttMs = this.#rttMs === null
      ? sampleMs
      : this.#rttMs + SMOOTHING * (sampleMs - this.#rttMs);
  }
}

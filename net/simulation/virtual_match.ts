/**
 * A whole match in virtual time: real sessions and the real lobby's books over a simulated network.
 *
 * Each host has a clock and takes turns, as the match loop gives them in real time: when a tick is
 * due and, where hosts look in between, when packets have come. Nothing waits; the time is that of
 * whoever is due next. All chance comes from one source, so that one seed is one history.
 *
 * What goes wrong, and whether what happens is right, is no matter of this file: whoever drives a
 * match does both through its hooks.
 *
 * @module
 */
import { DEFAULT_GRACE_MS, type Rules, TICK_MS } from "../../game/court.ts";
import {
  type ClaimAnswerMessage,
  GONE_MS,
  type LobbyMessage,
  PROTOCOL_VERSION,
  SILENCE_MS,
  type StartMessage,
} from "../lobby/protocol.ts";
import type { SeatTokens } from "../lobby_server/seat.ts";
import { Session, type SessionOptions } from "../match/session.ts";
import type { SessionEvent } from "../match/session_event.ts";
import type { Received } from "../match/transport.ts";
import { SECRET_BYTES } from "../match/wire/wire.ts";
import { HostClock } from "./host_clock.ts";
import {
  SimulatedNetwork,
  type SimulatedNetworkOptions,
  type SimulatedTransport,
} from "./simulated.ts";
import { VirtualLobby, type VirtualLobbyOptions } from "./virtual_lobby.ts";
import { VirtualSeat } from "./virtual_seat.ts";

/** No two turns of a host are nearer to each other. */
const TURN_MS_MIN = 0.01;

/** A process that was killed tries so often to take its seat again. */
const REJOIN_MS = 50;

/** One host of a match, and the process on it. */
export interface VirtualHost {
  readonly slot: number;
  readonly clock: HostClock;
  /** What its clock shows in the present turn. */
  clockMs: number;
  /** Of its newest process; `undefined` until the lobby has started the match for it. */
  session: Session | undefined;
  transport: SimulatedTransport | undefined;
  seat: VirtualSeat;
  /** "refused": its process wanted to take the seat again, and the lobby didn't let it. */
  status: "joining" | "playing" | "dead" | "refused";
  /** The seat's epoch. */
  epoch: number;
  /** When its turn is; `Infinity` when it has none left. */
  dueMs: number;
  /** Until then it sleeps: no turn, and what arrives waits. */
  asleepUntilMs: number;
}

/** A host whose process plays. */
export interface PlayingHost extends VirtualHost {
  readonly session: Session;
  readonly transport: SimulatedTransport;
}

/** All that a session gets for one turn. */
export interface HostTurn {
  readonly arrived: readonly Received[];
  /** On the host's clock. */
  readonly nowMs: number;
  readonly input: number;
}

/** What a driver decides, and where it may look; all but the input can be left out. */
export interface MatchHooks {
  /** The player's input (−127…127) for the next tick. */
  input(host: PlayingHost): number;
  /** Time has passed: it is this host's turn. */
  onTime?(host: VirtualHost): void;
  /** A process has begun its session, its first or one of a seat that it took again. */
  onBegin?(host: PlayingHost): void;
  /** Gives a session its turn; returns what it wants to have sent. */
  takeTurn?(session: Session, turn: HostTurn): readonly Uint8Array[];
  /** Something happened in this turn; its packets aren't sent yet. */
  onEvent?(host: PlayingHost, event: SessionEvent): void;
  /** A packet was sent; it is valid only now. */
  onSend?(host: PlayingHost, packet: Uint8Array): void;
  /** The turn is over. */
  onTurn?(host: PlayingHost): void;
}

export interface VirtualMatchOptions {
  readonly rules: Rules;
  readonly graceMs?: number;
  /** Returns numbers from 0 (inclusive) to 1; the only source of chance. */
  readonly random: () => number;
  /** SHA-256; returns 32 bytes. */
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
  readonly tokens: SeatTokens;
  readonly network: Omit<SimulatedNetworkOptions, "random">;
  readonly lobby?: Partial<Omit<VirtualLobbyOptions, "tokens">>;
  readonly hooks: MatchHooks;
  /** By slot: when its process is there, in virtual time; at once, if not given. */
  readonly joinMs?: readonly number[];
  /** By slot. */
  readonly clocks?: readonly HostClock[];
  /** How often hosts look for packets between ticks; never, if not given. */
  readonly lookEveryMs?: number;
  /** What is particular about a slot's session. */
  readonly session?: (
    slot: number,
  ) => Partial<
    Pick<SessionOptions, "rules" | "timers" | "controls" | "createGame">
  >;
}

/** The hosts of a match, and all that is between them. Plays only while `play` runs. */
export class VirtualMatch {
  readonly hosts: readonly VirtualHost[];
  readonly network: SimulatedNetwork;
  readonly lobby: VirtualLobby;
  readonly #options: VirtualMatchOptions;

  constructor(options: VirtualMatchOptions) {
    const { rules, random, tokens, network, clocks, joinMs } = options;
    this.#options = options;
    this.network = new SimulatedNetwork({ ...network, random });
    this.lobby = new VirtualLobby({
      ...{ tokens, wayMs: () => 0, lingerMs: 60_000 },
      ...{ silenceMs: SILENCE_MS, goneMs: GONE_MS },
      ...options.lobby,
    });
    this.hosts = Array.from({ length: rules.players }, (_, slot) => ({
      slot,
      clock: clocks?.[slot] ?? new HostClock(),
      clockMs: 0,
      session: undefined,
      transport: undefined,
      seat: this.#createSeat(slot),
      status: "joining",
      epoch: 0,
      dueMs: joinMs?.[slot] ?? 0,
      asleepUntilMs: 0,
    }));
    // All are in the lobby from the beginning, in the order of their slots.
    for (const { seat } of this.hosts) seat.poll(0);
  }

  /** Virtual time. */
  get nowMs(): number {
    return this.network.nowMs;
  }

  /** Gives turns until `untilMs`, or nobody has one left, or `isOver` after one. */
  play(untilMs: number, isOver: () => boolean = () => false): void {
    const { network } = this;
    do {
      let next = this.hosts[0];
      for (const host of this.hosts) if (host.dueMs < next.dueMs) next = host;
      if (next.dueMs === Infinity) return;
      network.nowMs = Math.max(network.nowMs, Math.min(next.dueMs, untilMs));
      if (next.dueMs > untilMs) return;
      this.#giveTurn(next);
    } while (!isOver());
  }

  /** Ends a host's process, as if it had crashed. */
  kill(host: VirtualHost): void {
    host.status = "dead";
    host.dueMs = Infinity;
    host.seat.close();
    void host.transport?.[Symbol.asyncDispose]();
  }

  /** Begins a new process on a host, at once or later, that takes the seat again. */
  restart(host: VirtualHost, atMs: number): void {
    host.status = "joining";
    host.seat = this.#createSeat(host.slot, host.seat.start?.token);
    host.dueMs = atMs;
    host.asleepUntilMs = 0;
  }

  /** A host gets no turn until then, or until a nap ends in which it is already. */
  sleep(host: VirtualHost, untilMs: number): void {
    host.asleepUntilMs = Math.max(host.asleepUntilMs, untilMs);
    if (host.dueMs !== Infinity) {
      host.dueMs = Math.max(host.dueMs, host.asleepUntilMs);
    }
  }

  #createSeat(slot: number, resume?: string): VirtualSeat {
    const { graceMs = DEFAULT_GRACE_MS } = this.#options;
    return new VirtualSeat(this.lobby, slot, {
      type: "join",
      version: PROTOCOL_VERSION,
      name: `Player ${slot + 1}`,
      ...resume === undefined
        ? { room: "MATCH", ...this.#options.rules, graceMs }
        : { resume },
    });
  }

  #giveTurn(host: VirtualHost): void {
    const { nowMs } = this;
    const { hooks } = this.#options;
    hooks.onTime?.(host);
    if (host.dueMs > nowMs) return; // It was killed, or has fallen asleep.
    this.lobby.advance(nowMs);
    host.clockMs = host.clock.at(nowMs);
    const said = host.seat.poll(nowMs);
    for (const message of said) this.#takeMessage(host, message);
    if (isPlaying(host)) this.#playTurn(host, said.length > 0);
    else if (host.status === "joining") host.dueMs = nowMs + REJOIN_MS;
    else host.dueMs = Infinity;
  }

  #takeMessage(host: VirtualHost, message: LobbyMessage): void {
    switch (message.type) {
      case "start":
        if (host.status === "joining") this.#begin(host, message);
        break;
      case "granted":
      case "refused":
        host.session?.answerClaim(host.clockMs, answerOf(message));
        break;
      case "over":
        host.session?.learnEnd(host.clockMs, message);
        break;
      case "error":
        if (host.status === "joining" && host.seat.isOver) {
          host.status = "refused";
        }
    }
  }

  #begin(host: VirtualHost, { match, players }: StartMessage): void {
    const { rules, random, sha256, session, hooks } = this.#options;
    const { slot } = host;
    const epochs = players.map(({ epoch }) => epoch);
    host.epoch = epochs[slot];
    host.status = "playing";
    host.transport = this.network.open({ slot, epoch: host.epoch });
    host.session = new Session({
      ...{ slot, rules, match, epochs, sha256 },
      isResumed: host.epoch > 0,
      secret: Uint8Array.from({ length: SECRET_BYTES }, () => random() * 256),
      nowMs: host.clockMs,
      ...session?.(slot),
    });
    if (isPlaying(host)) hooks.onBegin?.(host);
  }

  #playTurn(host: PlayingHost, isNews: boolean): void {
    const { hooks, lookEveryMs = Infinity } = this.#options;
    const { takeTurn = takeTurnAtOnce } = hooks;
    const { session, transport, clockMs, clock } = host;
    const arrived = this.#receive(host);
    if (isNews || arrived.length > 0 || clockMs >= session.nextTickMs) {
      session.isLinkUp = transport.link.up;
      const input = hooks.input(host);
      const packets = takeTurn(session, { arrived, nowMs: clockMs, input });
      const { play, isReturning } = session;
      host.seat.tick = isReturning ? -1 : play?.confirmedTick;
      for (const event of session.takeEvents()) this.#takeEvent(host, event);
      for (const packet of packets) {
        transport.send(packet);
        hooks.onSend?.(host, packet);
      }
      hooks.onTurn?.(host);
    }
    if (!isPlaying(host)) return;
    const { nowMs } = this;
    host.dueMs = session.isDone(clockMs) ? Infinity : Math.max(
      nowMs + TURN_MS_MIN,
      host.asleepUntilMs,
      Math.min(clock.whenMs(nextOf(session, clockMs)), nowMs + lookEveryMs),
    );
  }

  /** What has come, stamped as a process does it that reads its sockets whenever it is awake. */
  #receive(
    { transport, clock, asleepUntilMs }: PlayingHost,
  ): readonly Received[] {
    return transport.receive().map(({ from, atMs, packet }) => ({
      from,
      packet,
      atMs: clock.at(Math.max(atMs, asleepUntilMs)),
    }));
  }

  #takeEvent(host: PlayingHost, event: SessionEvent): void {
    const { nowMs, hosts } = this;
    const { seat } = host;
    if (event.kind === "claim") seat.claim(event.claim, nowMs);
    if (event.kind === "era") {
      seat.tellEra({ era: event.era, seats: event.seats }, nowMs);
    }
    if (event.kind === "over") {
      const { reason, winner, confirmedTick, hash, score } = event.outcome;
      const isDecided = reason === "finished" || reason === "walkover";
      if (isDecided && !score) {
        const score = hosts.map(() => 0);
        const result = { reason, winner, score, confirmedTick, hash };
        seat.tellResult(result, nowMs);
      }
    }
    this.#options.hooks.onEvent?.(host, event);
  }
}

/** Whether a process is in the match. */
export function isPlaying(host: VirtualHost): host is PlayingHost {
  return host.status === "playing";
}

/** When the session has something to do; one that waits for nothing is asked every tick. */
function nextOf({ nextTickMs }: Session, nowMs: number): number {
  return nextTickMs > nowMs ? nextTickMs : nowMs + TICK_MS;
}

function answerOf(message: ClaimAnswerMessage) {
  const { era, value, seats } = message;
  return { era, isGranted: message.type === "granted", value, seats };
}

/** Takes a turn as the match loop does. */
export function takeTurnAtOnce(
  session: Session,
  { arrived, nowMs, input }: HostTurn,
): readonly Uint8Array[] {
  for (const received of arrived) session.receive(received);
  return session.advance(nowMs, input);
}

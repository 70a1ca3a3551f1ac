/**
 * One match as this process plays it: its session, the hand that steers, and the record of it.
 *
 * Whoever runs it asks for an `input`, advances the session, and calls `update`. It does no I/O.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import type { KeyObject } from "node:crypto";
import { createState } from "../../game/state.ts";
import type { StartMessage } from "../lobby/protocol.ts";
import { ConfirmedLog } from "../match/confirmed_log.ts";
import { timersFor } from "../match/membership/timers.ts";
import type { Outcome } from "../match/outcome.ts";
import type { Play } from "../match/play.ts";
import { Session } from "../match/session.ts";
import type { SessionEvent } from "../match/session_event.ts";
import type { LinkState, Transport } from "../match/transport.ts";
import { WIRE_VERSION } from "../match/wire/terms.ts";
import { SECRET_BYTES } from "../match/wire/wire.ts";
import type { FaultSettings } from "../page/message.ts";
import { Recorder } from "../recording/recorder.ts";
import type { FaultyTransport } from "../transport/faulty.ts";
import { createProofs } from "../transport/record_proofs.ts";
import { importPublicKey } from "../transport/signing_keys.ts";
import { hashChainsOf } from "./evidence.ts";
import { settingsOf, withSettings } from "./fault_settings.ts";
import type { Hand } from "./hand.ts";
import { type AwaySinceMs, awaySinceMs } from "./match_phase.ts";
import { sha256 } from "./sha256.ts";
import type { MatchNow, Seats } from "./view.ts";

const log = getLogger(["pong", "player"]);

/** What a match begins with, as the lobby and the transport have it. */
export interface MatchBeginning {
  readonly start: StartMessage;
  /** The own slot. */
  readonly slot: number;
  /** The private half of the key with which the seat was taken. */
  readonly privateKey: KeyObject;
  readonly transport: Pick<Transport, "link" | "rejected">;
  /** Its faults are what the inspector's sliders set. */
  readonly faulty: Pick<FaultyTransport, "faults">;
  /** Whether this process has taken a seat again that an older one had. */
  readonly isResumed: boolean;
}

/** How to play it. */
export interface PlayedMatchOptions extends MatchBeginning {
  readonly room: string;
  readonly hand: Hand;
  /** Monotonic clock in ms. */
  readonly nowMs: () => number;
  /** Fresh, unguessable bytes. */
  readonly randomBytes: (length: number) => Uint8Array;
}

/** A match from its first hello; what is shown of it is `MatchNow`. */
export class PlayedMatch implements MatchNow {
  readonly id: string;
  readonly seats: Seats;
  readonly transport: string;
  readonly session: Session;
  /** What was confirmed. */
  log = new ConfirmedLog();
  link: LinkState;
  awaySinceMs: AwaySinceMs = [];

  readonly #options: PlayedMatchOptions;
  #recorder: Recorder | undefined;

  constructor(options: PlayedMatchOptions) {
    const { start, slot, transport, nowMs } = options;
    const { match, rules } = start;
    const players = start.players.toSorted((a, b) => a.slot - b.slot);
    this.#options = options;
    this.id = match;
    this.seats = { me: slot, rules, players };
    this.transport = start.transport.kind;
    this.link = transport.link;
    this.session = new Session({
      ...{ slot, rules, match, sha256 },
      epochs: players.map(({ epoch }) => epoch),
      isResumed: options.isResumed,
      secret: options.randomBytes(SECRET_BYTES),
      proofs: createProofs({
        ...{ match, slot, privateKey: options.privateKey },
        publicKeys: keysOf(start),
      }),
      nowMs: nowMs(),
      timers: timersFor(rules.graceMs),
    });
    log.info("Match {match} over {transport}: {players} players", {
      match,
      transport: this.transport,
      players: rules.players,
    });
  }

  get rejectedByTransport(): number {
    return this.#options.transport.rejected;
  }

  get statistics(): MatchNow["statistics"] {
    return this.#recorder?.statistics;
  }

  get faults(): FaultSettings {
    return settingsOf(this.#options.faulty.faults);
  }

  set faults(settings: FaultSettings) {
    const { faulty } = this.#options;
    faulty.faults = withSettings(faulty.faults, settings);
  }

  /** The input for the next tick. */
  input(): number {
    return this.#options.hand(this.session.play?.state);
  }

  /** Takes in what the session has done, and returns it; to be called after each advance. */
  update(): readonly SessionEvent[] {
    const { session } = this;
    const events = session.takeEvents();
    for (const event of events) this.#take(event, session.play);
    if (session.play) this.log.take(session.play);
    this.#noteLink(this.#options.transport.link);
    return events;
  }

  /** Looks who is away, and since when. */
  noteAway(): void {
    this.awaySinceMs = awaySinceMs(this.session, {
      me: this.seats.me,
      nowMs: this.#options.nowMs(),
      players: this.seats.players.length,
      known: this.awaySinceMs,
    });
  }

  /** The recording so far; `undefined` before the match. */
  recording(): Uint8Array | undefined {
    return this.#recorder?.bytes();
  }

  /** The recording so far, and what each host has computed lately; `undefined` before the match. */
  evidence(): Uint8Array | undefined {
    const { play } = this.session;
    return this.#recorder?.bytes(play && this.#chainsOf(play));
  }

  /** The part of the recording that is ready to be written; empty before the match. */
  get sealedRecording(): Uint8Array {
    return this.#recorder?.sealed ?? new Uint8Array();
  }

  #take(event: SessionEvent, play: Play | undefined): void {
    switch (event.kind) {
      case "started":
        this.#record(event.seed);
        log.info("Play begins");
        return;
      case "peer": {
        const { slot, state } = event;
        const name = this.seats.players[slot]?.name ?? `player ${slot + 1}`;
        log.info("{name} is {state}", { name, state });
        return;
      }
      case "out":
        log.warn("Out of the match: the others went on. Asking to come back");
        return;
      case "returned":
        if (play) this.#restart(play, event.keptTick);
        log.info("Back in the match");
        return;
      case "membership":
        log.debug("Membership: {what}", { what: event.what });
        return;
      case "over":
        this.#finish(event.outcome, play);
        return;
      case "difference": {
        const { slot, tick } = event.difference;
        const { name } = this.seats.players[slot];
        log.warn("{name} has another state at tick {tick}", { name, tick });
        return;
      }
      case "claim":
      case "era":
        return;
    }
  }

  #restart(play: Play, keptTick: number): void {
    if (!this.#recorder) this.#record(null);
    this.log.restart(play, keptTick);
  }

  #finish(outcome: Outcome, play: Play | undefined): void {
    if (play) this.log.take(play);
    const isDispute = play && outcome.reason === "desync";
    this.#recorder?.finish(outcome, isDispute ? this.#chainsOf(play) : []);
  }

  #chainsOf(play: Play): ReturnType<typeof hashChainsOf> {
    return hashChainsOf({ slot: this.seats.me, log: this.log, play });
  }

  /** Begins the recording, and the log that feeds it; in mid-match the seed is `null`. */
  #record(seed: number | null): void {
    const { room } = this.#options;
    const { me, rules, players } = this.seats;
    const reader = new Recorder({
      ...{ match: this.id, room, rules, seed },
      protocol: WIRE_VERSION,
      recordedBy: me,
      players: players.map(({ slot, name, look, isBot }) => ({
        ...{ slot, name, look, isBot },
      })),
    });
    this.#recorder = reader;
    this.log = new ConfirmedLog(
      seed === null
        ? { reader }
        : { reader, initial: createState(rules, seed) },
    );
  }

  #noteLink(link: LinkState): void {
    if (link.detail !== this.link.detail) {
      if (link.up) log.info("The link is back");
      else log.warn("The link is down: {detail}", { ...link });
    }
    this.link = link;
  }
}

/** By slot: the keys of the players that gave the lobby one. */
function keysOf({ players }: StartMessage): ReadonlyMap<number, KeyObject> {
  return new Map(players.flatMap(({ slot, publicKey }) => {
    const key = publicKey === undefined
      ? undefined
      : importPublicKey(publicKey);
    return key ? [[slot, key] as const] : [];
  }));
}

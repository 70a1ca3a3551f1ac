/**
 * Matches to record: of bots in virtual time, which every host records, and of inputs at will.
 *
 * @module
 */
import { botInput, createBot } from "../../game/bot.ts";
import { type Rules, TICK_MS } from "../../game/court.ts";
import { createPong } from "../../game/pong.ts";
import { type Game, Rollback } from "../../game/rollback.ts";
import { createState, hashState } from "../../game/state.ts";
import {
  ConfirmedLog,
  type ConfirmedPlay,
} from "../../net/match/confirmed_log.ts";
import type { Session } from "../../net/match/session.ts";
import { WIRE_VERSION } from "../../net/match/wire/terms.ts";
import { hashChainsOf } from "../../net/player/evidence.ts";
import { Recorder } from "../../net/recording/recorder.ts";
import {
  type Recording,
  type RecordingHeader,
  RecordingWriter,
} from "../../net/recording/recording.ts";
import { openReplay } from "../../net/recording/replay.ts";
import { VirtualMatch } from "../../net/simulation/virtual_match.ts";
import { type LinkFaults, NO_FAULTS } from "../../net/transport/link_faults.ts";
import { createRandom, SYSTEM } from "../support/simulation.ts";

/** No match of a test lasts longer. */
const MATCH_MS_MAX = 20 * 60_000;

export interface RecordedMatchOptions {
  readonly seed: number;
  readonly rules: Rules;
  readonly faults?: LinkFaults;
  readonly isCut?: (from: number, to: number, nowMs: number) => boolean;
  readonly createGame?: (slot: number, rules: Rules, seed: number) => Game;
}

/** One host of a match that was played to its end. */
export interface RecordedHost {
  readonly slot: number;
  readonly session: Session;
  readonly recorder: Recorder;
  /** The finished recording. */
  readonly bytes: Uint8Array;
  /** How many ticks it took back when it returned to the match. */
  readonly takenBackTicks: number;
}

export function headerFor(
  rules: Rules,
  { seed, slot }: { readonly seed: number | null; readonly slot: number },
): RecordingHeader {
  return {
    protocol: WIRE_VERSION,
    match: "0123abcd-1",
    room: "KMPQRA",
    rules,
    seed,
    recordedBy: slot,
    players: Array.from({ length: rules.players }, (_, slot) => ({
      slot,
      name: `Bot ${slot + 1}`,
      look: slot,
      isBot: true,
    })),
  };
}

/** A recorder, and the log that feeds it. */
export interface Recorded {
  readonly recorder: Recorder;
  readonly log: ConfirmedLog;
}

/** Begins a recording; the seed is `null` where the recorder comes later. */
export function startRecording(
  rules: Rules,
  { seed, slot = 0 }: { readonly seed: number | null; readonly slot?: number },
): Recorded {
  const recorder = new Recorder(headerFor(rules, { seed, slot }));
  const initial = seed === null ? {} : { initial: createState(rules, seed) };
  return { recorder, log: new ConfirmedLog({ ...initial, reader: recorder }) };
}

/** Returns a file with any chunks, whether or not a recorder would write them. */
export function encodeRecording({ header, chunks }: Recording): Uint8Array {
  const writer = new RecordingWriter(header);
  for (const chunk of chunks) writer.add(chunk);
  return writer.written.slice();
}

/** A match without a network: a tick is confirmed as soon as it is played. */
export interface ScriptedMatch {
  readonly play: ConfirmedPlay;
  /** Plays ticks; each slot's input is what `inputFor` returns. */
  advance(ticks: number): void;
}

export function createScripted(
  { rules, seed, inputFor, aheadTicks = 0 }: {
    readonly rules: Rules;
    readonly seed: number;
    /** `ABSENT_INPUT` where nobody plays. */
    readonly inputFor: (slot: number, tick: number) => number;
    /** How much earlier than they are needed inputs are known. */
    readonly aheadTicks?: number;
  },
): ScriptedMatch {
  const rollback = new Rollback(createPong(rules, seed), rules.players);
  const play: ConfirmedPlay = {
    get confirmedTick() {
      return rollback.confirmedTick;
    },
    get confirmedState() {
      return rollback.confirmedState;
    },
    era: 0,
    hashAt: (tick) => rollback.hashAt(tick),
    inputAt: (slot, tick) => rollback.countedInput(slot, tick),
  };
  return {
    play,
    advance(ticks) {
      for (let i = 0; i < ticks; i++) {
        for (let slot = 0; slot < rules.players; slot++) {
          let tick = rollback.nextInputTick(slot);
          for (; tick <= rollback.tick + aheadTicks; tick++) {
            rollback.addInput(slot, tick, inputFor(slot, tick));
          }
        }
        rollback.advance();
        rollback.confirmNext();
      }
    },
  };
}

/** Plays a match to its end; a host's place in the result is its slot. */
export function playRecorded(
  { seed, rules, faults = NO_FAULTS, isCut, createGame }: RecordedMatchOptions,
): readonly RecordedHost[] {
  const recorded: Recorded[] = [];
  const takenBackTicks = Array.from({ length: rules.players }, () => 0);
  const bots = takenBackTicks.map((_, slot) =>
    createBot({ slot, skill: "hard", seed: seed * 4 + slot })
  );
  const hosts: RecordedHost[] = [];
  new VirtualMatch({
    ...SYSTEM,
    ...{ rules, random: createRandom(seed), lookEveryMs: 4 },
    network: { faults: () => faults, ...(isCut && { isCut }) },
    session: (slot) => ({
      ...(createGame && { createGame: (...game) => createGame(slot, ...game) }),
    }),
    hooks: {
      input: ({ slot, session: { play } }) =>
        play ? botInput(bots[slot], play.state) : 0,
      onEvent({ slot, session }, event) {
        const { play } = session;
        if (event.kind === "started") {
          recorded[slot] = startRecording(rules, { seed: event.seed, slot });
        } else if (event.kind === "returned" && play) {
          const { log, recorder } = recorded[slot];
          const after = recorder.tick - event.keptTick;
          takenBackTicks[slot] = Math.max(0, after);
          log.restart(play, event.keptTick);
        } else if (event.kind === "over") {
          const { log, recorder } = recorded[slot];
          if (play) log.take(play);
          const isDesync = play && event.outcome.reason === "desync";
          const chains = isDesync ? hashChainsOf({ slot, log, play }) : [];
          recorder.finish(event.outcome, chains);
          hosts[slot] = {
            ...{ slot, session, recorder, bytes: recorder.bytes() },
            takenBackTicks: takenBackTicks[slot],
          };
        }
      },
      onTurn({ slot, session: { play } }) {
        if (play) recorded[slot].log.take(play);
      },
    },
  }).play(MATCH_MS_MAX);
  return hosts;
}

/** Four players, of whom the last can't be heard for a while: it is dropped, and comes back. */
export function playThroughCut(): readonly RecordedHost[] {
  return playRecorded({
    seed: 2,
    rules: { players: 4, points: 1, lives: 2 },
    faults: {
      ...{ delayMs: 30, jitterMs: 20, loss: 0.02 },
      ...{ duplication: 0.02, reordering: 0.01 },
    },
    isCut: (from, _, nowMs) => from === 3 && nowMs >= 8000 && nowMs < 14_000,
  });
}

/** Returns the hashes of a recording's states, by tick; of a gap there are none. */
export function hashesOf({ bytes }: RecordedHost): readonly number[] {
  const replay = openReplay(bytes);
  const hashes: number[] = [];
  const { lastTick } = replay.view;
  let nowMs = 0;
  replay.advance(nowMs);
  replay.run(true);
  for (;; replay.advance(nowMs += TICK_MS)) {
    hashes[replay.tick] = hashState(replay.state);
    if (replay.tick === lastTick) return hashes;
  }
}

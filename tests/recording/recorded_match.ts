/** Matches to record: of bots in virtual time, which every host records, and of inputs at will. */
import { botInput, createBot } from "../../game/bot.ts";
import { type Rules, TICK_MS } from "../../game/court.ts";
import { createPong } from "../../game/pong.ts";
import { Rollback } from "../../game/rollback.ts";
import { createState, hashState } from "../../game/state.ts";
import {
  ConfirmedLog,
  type ConfirmedPlay,
} from "../../net/match/confirmed_log.ts";
import type { Session } from "../../net/match/session.ts";
import { WIRE_VERSION } from "../../net/match/wire/terms.ts";
import type { Chunk } from "../../net/recording/chunk.ts";
import { Recorder } from "../../net/recording/recorder.ts";
import {
  type RecordingHeader,
  RecordingWriter,
} from "../../net/recording/recording.ts";
import { openReplay } from "../../net/recording/replay.ts";
import { VirtualMatch } from "../../net/simulation/virtual_match.ts";
import { NO_FAULTS } from "../../net/transport/link_faults.ts";
import { createRandom, SYSTEM } from "../support/simulation.ts";

/** No match of a test lasts longer. */
const MATCH_MS_MAX = 20 * 60_000;

export const DUEL: Rules = { players: 2, points: 3, lives: 1 };

/** Of slot 0 in a duel, by itself. */
export function headerFor(
  { rules = DUEL, seed = 1, slot = 0 }: {
    readonly rules?: Rules;
    readonly seed?: number | null;
    readonly slot?: number;
  } = {},
): RecordingHeader {
  const players = Array.from({ length: rules.players }, (_, slot) => (
    { slot, name: `Bot ${slot + 1}`, look: slot, isBot: true }
  ));
  return {
    ...{ protocol: WIRE_VERSION, match: "0123abcd-1", room: "KMPQRA" },
    ...{ rules, seed, recordedBy: slot, players },
  };
}

/** Returns a file with any chunks, whether or not a recorder would write them. */
export function encodeRecording(
  chunks: readonly Chunk[] = [],
  header: RecordingHeader = headerFor(),
): Uint8Array {
  const writer = new RecordingWriter(header);
  for (const chunk of chunks) writer.add(chunk);
  return writer.written.slice();
}

/** A match without a network, in which a tick is confirmed as soon as it is played. */
export interface ScriptedOptions {
  readonly rules?: Rules;
  readonly seed?: number;
  /** `ABSENT_INPUT` where nobody plays; by itself all rest. */
  readonly inputFor?: (slot: number, tick: number) => number;
  /** Whether the recorder is told the seed, as one is that doesn't come later. */
  readonly isSeedKnown?: boolean;
}

/** A match and its recording: `pass` plays so many ticks and records them, `advance` only plays. */
export interface ScriptedMatch {
  readonly play: ConfirmedPlay;
  readonly log: ConfirmedLog;
  readonly recorder: Recorder;
  readonly advance: (ticks: number) => void;
  readonly pass: (ticks: number) => void;
}

export function recordScripted(
  { rules = DUEL, seed = 8, inputFor = () => 0, isSeedKnown = true }:
    ScriptedOptions,
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
  const header = headerFor({ rules, seed: isSeedKnown ? seed : null });
  const recorder = new Recorder(header);
  const initial = isSeedKnown ? { initial: createState(rules, seed) } : {};
  const log = new ConfirmedLog({ ...initial, reader: recorder });
  const advance = (ticks: number) => {
    for (let i = 0; i < ticks; i++) {
      for (let slot = 0; slot < rules.players; slot++) {
        const { tick } = rollback;
        rollback.addInput(slot, tick, inputFor(slot, tick));
      }
      rollback.advance();
      rollback.confirmNext();
    }
  };
  const pass = (ticks: number) => {
    advance(ticks);
    log.take(play);
  };
  return { play, log, recorder, advance, pass };
}

/** One host of a match that was played to its end, with the finished recording. */
export interface RecordedHost {
  readonly session: Session;
  readonly recorder: Recorder;
  readonly bytes: Uint8Array;
}

/** Plays a match to its end; a host's place in the result is its slot. */
export function playRecorded(
  { seed, rules, ...network }: {
    readonly seed: number;
    readonly rules: Rules;
    readonly faults?: Partial<typeof NO_FAULTS>;
    readonly isCut?: (from: number, to: number, nowMs: number) => boolean;
  },
): readonly RecordedHost[] {
  const recorders: Recorder[] = [];
  const logs: ConfirmedLog[] = [];
  const hosts: RecordedHost[] = [];
  const bots = Array.from(
    { length: rules.players },
    (_, slot) => createBot({ slot, skill: "hard", seed: seed * 4 + slot }),
  );
  const faults = { ...NO_FAULTS, ...network.faults };
  new VirtualMatch({
    ...SYSTEM,
    ...{ rules, random: createRandom(seed), lookEveryMs: 4 },
    network: { ...network, faults: () => faults },
    hooks: {
      input: ({ slot, session: { play } }) =>
        play ? botInput(bots[slot], play.state) : 0,
      onEvent({ slot, session }, event) {
        const { play } = session;
        if (event.kind === "started") {
          const { seed } = event;
          const reader = new Recorder(headerFor({ rules, seed, slot }));
          const initial = createState(rules, seed);
          recorders[slot] = reader;
          logs[slot] = new ConfirmedLog({ initial, reader });
        } else if (event.kind === "returned" && play) {
          logs[slot].restart(play, event.keptTick);
        } else if (event.kind === "over") {
          const recorder = recorders[slot];
          if (play) logs[slot].take(play);
          recorder.finish(event.outcome);
          hosts[slot] = { session, recorder, bytes: recorder.bytes() };
        }
      },
      onTurn({ slot, session: { play } }) {
        if (play) logs[slot].take(play);
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
  let nowMs = 0;
  replay.advance(nowMs);
  replay.run(true);
  for (;; replay.advance(nowMs += TICK_MS)) {
    hashes[replay.tick] = hashState(replay.state);
    if (replay.tick === replay.view.lastTick) return hashes;
  }
}

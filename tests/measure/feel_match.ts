/**
 * A match as its players see it, in virtual time: real sessions over a simulated network, a page for
 * each of them that draws with the page's own code, and a model human at each page.
 *
 * @module
 */
import { BALL_X, BALL_Y, PHASE, type State } from "../../game/state.ts";
import { VirtualMatch } from "../../net/simulation/virtual_match.ts";
import { NO_FAULTS } from "../../net/transport/link_faults.ts";
import {
  createMotion,
  type Motion,
  type Picture,
} from "../../static/motion/motion.ts";
import { createRandom, SYSTEM } from "../support/simulation.ts";
import { createHuman, type Device } from "./feel_human.ts";

/** Which part of the packets is lost; bursts are of 200 to 500 ms, on each way by itself. */
export interface Loss {
  readonly kind: "uniform" | "bursts";
  readonly share: number;
}

export interface FeelMatch {
  readonly players: number;
  readonly device: Device;
  /** One way; up to `JITTER_MS` more where it isn't 0. */
  readonly delayMs: number;
  readonly loss: Loss;
  readonly seed: number;
  readonly forMs: number;
}

/** A picture as one page drew it, and when. */
export interface DrawnFrame {
  readonly atMs: number;
  readonly picture: Picture;
}

/** What one player saw and what its process did meanwhile. */
export interface PlayerSight {
  readonly slot: number;
  readonly frames: readonly DrawnFrame[];
  /** By tick: when its process first simulated it, and when it confirmed it. */
  readonly playedMs: readonly number[];
  readonly confirmedMs: readonly number[];
  /** After each turn with a tick: how many ticks were guessed. */
  readonly guessed: readonly number[];
  /** How often the newest ball turned out to be elsewhere. */
  readonly corrections: number;
  readonly rollbacks: number;
  readonly stalledMs: number;
}

export interface FeelRecording {
  readonly sights: readonly PlayerSight[];
  /** The confirmed states, by tick. */
  readonly truth: readonly State[];
}

const JITTER_MS = 10;
const FRAME_MS = 1000 / 60;
const LOOK_EVERY_MS = 4;
/** From a process to its page. */
const TO_PAGE_MS_MAX = 2;
const BURST_MS = [200, 500] as const;

/** Plays a match; the same one gives the same recording. */
export function playFeelMatch(
  { players, device, delayMs, loss, seed, forMs }: FeelMatch,
): FeelRecording {
  const random = createRandom(seed);
  const isCut = createBursts(loss.kind === "bursts" ? loss.share : 0, random);
  const faults = {
    ...NO_FAULTS,
    ...{ delayMs, jitterMs: delayMs === 0 ? 0 : JITTER_MS },
    loss: loss.kind === "uniform" ? loss.share : 0,
  };
  const pages = Array.from(
    { length: players },
    (_, slot) => createPage(slot, device, random),
  );
  const truth: State[] = [];
  const match: VirtualMatch = new VirtualMatch({
    ...SYSTEM,
    ...{ rules: { players, points: 99, lives: 99 }, random },
    lookEveryMs: LOOK_EVERY_MS,
    network: {
      faults: () => faults,
      isCut: (from, to, nowMs) => isCut(from * players + to, nowMs),
    },
    hooks: {
      onTime: ({ slot }) => pages[slot].drawUntil(match.nowMs),
      input: ({ slot }) => pages[slot].axis,
      onTurn({ slot, session: { play, stats } }) {
        if (play === undefined) return;
        for (let t = truth.length; t <= play.confirmedTick; t++) {
          truth.push(play.stateAt(t).slice());
        }
        const { stalledMs } = stats;
        const { rollbacks } = play.rollbackWork;
        Object.assign(pages[slot].sight, { rollbacks, stalledMs });
        pages[slot].follow(play, match.nowMs);
      },
    },
  });
  match.play(forMs);
  return { sights: pages.map(({ sight }) => sight), truth };
}

type Play = NonNullable<VirtualMatch["hosts"][number]["session"]>["play"];

/** A player's page with its human, and what is noted of both. */
function createPage(slot: number, device: Device, random: () => number) {
  const sight = {
    ...{ slot, corrections: 0, rollbacks: 0, stalledMs: 0 },
    frames: [] as DrawnFrame[],
    playedMs: [] as number[],
    confirmedMs: [] as number[],
    guessed: [] as number[],
  } satisfies PlayerSight;
  const motion = createMotion();
  const messages: { atMs: number; show(motion: Motion): void }[] = [];
  let shownMs = 0;
  let frameMs = random() * FRAME_MS;
  let newest: State | undefined;
  const page = {
    sight,
    axis: 0,
    drawUntil(untilMs: number) {
      for (; frameMs <= untilMs; frameMs += FRAME_MS) {
        while (messages.length > 0 && messages[0].atMs <= frameMs) {
          messages.shift()?.show(motion);
        }
        const picture = motion.picture(frameMs);
        if (picture === undefined) continue;
        sight.frames.push({ atMs: frameMs, picture });
        see(picture, frameMs);
      }
    },
    /** The process has taken a turn. */
    follow(play: NonNullable<Play>, nowMs: number) {
      const { confirmedTick, newestTick } = play;
      for (let t = sight.confirmedMs.length; t <= confirmedTick; t++) {
        sight.confirmedMs.push(nowMs);
      }
      if (newestTick >= sight.playedMs.length) {
        sight.guessed.push(newestTick - confirmedTick);
      }
      for (let t = sight.playedMs.length; t <= newestTick; t++) {
        sight.playedMs.push(nowMs);
      }
      if (newest && isCorrected(newest, play.stateAt(newest[0]))) {
        sight.corrections++;
      }
      newest = play.state.slice();
      // Messages to a page don't overtake each other.
      const atMs = shownMs = Math.max(
        shownMs,
        nowMs + random() * TO_PAGE_MS_MAX,
      );
      const states = Array.from(
        { length: newestTick - confirmedTick + 1 },
        (_, i) => play.stateAt(confirmedTick + i).slice(),
      );
      const { inputDelayTicks } = play;
      messages.push({
        atMs,
        show(motion) {
          motion.setOwn(slot, inputDelayTicks);
          motion.receive(states, atMs);
        },
      });
    },
  };
  const see = createHuman({
    ...{ slot, device, random },
    onAxis(axis) {
      motion.steer(axis, frameMs);
      page.axis = axis;
    },
  });
  return page;
}

function isCorrected(before: State, after: State): boolean {
  return [PHASE, BALL_X, BALL_Y].some((at) => before[at] !== after[at]);
}

/** Returns whether a way is in a burst of losses; each way by itself, for that share of the time. */
function createBursts(
  share: number,
  random: () => number,
): (way: number, nowMs: number) => boolean {
  const ways: { isBad: boolean; untilMs: number }[] = [];
  const [least, most] = BURST_MS;
  const goodMs = (least + most) / 2 * (1 - share) / share;
  return (way, nowMs) => {
    if (share === 0) return false;
    const state = ways[way] ??= { isBad: true, untilMs: 0 };
    while (state.untilMs <= nowMs) {
      state.isBad = !state.isBad;
      state.untilMs += state.isBad
        ? least + random() * (most - least)
        : -Math.log(1 - random()) * goodMs;
    }
    return state.isBad;
  };
}

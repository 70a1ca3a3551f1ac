/**
 * Running matches of bots for tests that break something in the middle.
 *
 * The games never end by themselves within a test. What hosts must agree on is read from their
 * `/status` while they play.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Status } from "../../net/player/status.ts";
import {
  SHARED_TICKS_MIN,
  statusOf,
  waitForStatus,
} from "../support/processes.ts";
import { until } from "../support/waiting.ts";
import { openVenue, type Player, type Venue } from "./venue.ts";

/** Well into play: everybody's inputs are on their way, and the first ball is served. */
const WARM_TICKS = 120;

/** The slot of whom a player's fault meets. */
const VICTIM = 1;

export interface FaultMatch extends Venue {
  /** By slot. */
  readonly bots: readonly Player[];
  readonly victim: Player;
  readonly others: readonly Player[];
  /** What all hosts agreed on when the match was handed over. */
  readonly before: Status;
}

/** Starts a match; resolves when all are well into it. */
export async function startFaultMatch(
  { players, args = [], broker }: {
    readonly players: number;
    /** Words for each `pong play`. */
    readonly args?: readonly string[];
    /** Address of the broker's virtual host; over the relay if not given. */
    readonly broker?: string;
  },
): Promise<FaultMatch> {
  await using stack = new AsyncDisposableStack();
  const venue = stack.use(await openVenue(broker));
  const started = Array.from({ length: players }, () =>
    venue.play(
      ...["--players", `${players}`, "--points", "99", "--lives", "99"],
      ...["--bot", "hard", ...args],
    ));
  const seated = await waitForAll(
    started,
    (it) => it.confirmedTick > WARM_TICKS,
  );
  const bots = started
    .map((bot, at) => ({ bot, slot: seated[at].slot }))
    .toSorted((a, b) => a.slot - b.slot).map(({ bot }) => bot);
  const moved = stack.move();
  return {
    ...venue,
    ...{ bots, victim: bots[VICTIM], others: bots.toSpliced(VICTIM, 1) },
    before: seated[0],
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

/** Waits until all of these hosts say so. */
export function waitForAll(
  bots: readonly Player[],
  isWanted: (status: Status) => boolean,
): Promise<readonly Status[]> {
  return Promise.all(bots.map((bot) => waitForStatus(bot, isWanted)));
}

/**
 * Waits until these hosts have confirmed the same states at 100 ticks that none has reached yet;
 * whatever else they share must be the same too, each time one looks. Returns their last words.
 */
export async function expectOneTruth(
  bots: readonly Player[],
): Promise<readonly Status[]> {
  const known = new Map<number, number>();
  const shared = bots.map(() => new Set<number>());
  let statuses = await Promise.all(bots.map(statusOf));
  const newestTick = Math.max(...statuses.map(({ tick }) => tick));
  const common = () => shared.reduce((a, b) => a.intersection(b)).size;
  await until(async () => {
    statuses = await Promise.all(bots.map(statusOf));
    for (const [bot, { hashes, slot }] of statuses.entries()) {
      for (const [at, hash] of hashes) {
        if (!known.has(at)) known.set(at, hash);
        expect({ slot, at, hash }).toEqual({ slot, at, hash: known.get(at) });
        if (at > newestTick) shared[bot].add(at);
      }
    }
    return common() >= SHARED_TICKS_MIN;
  }, () => {
    const where = statuses.map(({ hashes: _, ...rest }) => rest);
    return `only ${common()} shared ticks after ${newestTick}: ` +
      JSON.stringify(where);
  });
  return statuses;
}

/** Waits until all play on in that era: whoever was missed is back, and nothing was taken back. */
export async function expectToGoOn(
  bots: readonly Player[],
  before: Status,
  era = 0,
): Promise<void> {
  await expectOneTruth(bots);
  // On a busy machine a match also pauses for moments.
  const statuses = await waitForAll(
    bots,
    (status) => status.phase === "playing" && status.era === era,
  );
  const isDuel = before.players.length === 2;
  for (const status of statuses) {
    if (era === 0) expect(status.stats.rejected).toBe(0);
    else expect(victimIn(status)).toBe("ok");
    for (const [at, { score }] of before.players.entries()) {
      const now = status.players[at].score;
      if (isDuel) expect(now).toBeGreaterThanOrEqual(score);
      else expect(now).toBeLessThanOrEqual(score);
    }
  }
}

/** What a host says of the victim. */
export function victimIn({ players }: Status): string {
  return players[VICTIM].state;
}

/** Runs cases at the same time, each to its end, for a match that is left behind outlives its test. */
export async function together(
  cases: readonly (() => Promise<void>)[],
): Promise<void> {
  const ends = await Promise.allSettled(cases.map((run) => run()));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

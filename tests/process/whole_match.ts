/**
 * Whole matches between real processes, over the lobby's relay or a broker: started, played to their
 * end, and compared.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Status } from "../../net/player/status.ts";
import {
  expectSameStates,
  type PongProcess,
  resultOf,
  statusOf,
  waitForStatus,
} from "../support/processes.ts";
import { last } from "../support/waiting.ts";
import { openVenue } from "./venue.ts";

/** A bot of a match that is soon over. */
export const SHORT = ["--bot", "easy", "--points", "1", "--lives", "1"];

/** What a watcher tells of the match. */
export interface WatcherStatus extends
  Pick<
    Status,
    | ("phase" | "room" | "match" | "confirmedTick" | "hashes" | "players")
    | ("winner" | "reason" | "watchers")
  > {
  readonly role: string;
}

/** Waits until a watcher has something of the match. */
export function waitToSee(watcher: PongProcess): Promise<WatcherStatus> {
  return waitForStatus<WatcherStatus>(
    watcher,
    ({ phase, confirmedTick }) => phase === "playing" && confirmedTick > 0,
  );
}

/**
 * Waits for the end: all results, what a watcher shows, and all shared confirmed states must be the
 * same. Returns the players' last words.
 */
export async function expectSameEnd(
  players: readonly PongProcess[],
  watcher?: PongProcess,
): Promise<readonly Status[]> {
  const ends = await Promise.all(players.map(async (player) => ({
    result: await resultOf(player),
    status: await statusOf(player),
  })));
  const [{ result, status }] = ends;
  const { match, winner, score, confirmedTick, hash } = result;
  expect(result).toMatchObject({
    reason: "finished",
    winner: expect.any(Number),
  });
  for (const end of ends) {
    expect(end.result).toEqual(result);
    expect(end.status).toMatchObject({ winner, stats: { rejected: 0 } });
    expectSameStates(status, end.status);
  }
  if (watcher) {
    const seen = await waitForStatus<WatcherStatus>(
      watcher,
      ({ phase }) => phase === "over",
    );
    expect(seen).toMatchObject({
      ...{ role: "watcher", match, winner, reason: "finished" },
      players: score.map((score) => ({ score })),
    });
    expect(new Map(seen.hashes).get(confirmedTick)).toBe(hash);
    expectSameStates(status, seen);
  }
  return ends.map(({ status }) => status);
}

/** Plays a match of bots to its end, over `broker` if given, and compares what all made of it. */
export async function playWholeMatch(
  count: number,
  broker?: string,
): Promise<void> {
  await using venue = await openVenue(broker);
  const players = Array.from(
    { length: count },
    () => venue.play("--players", `${count}`, ...SHORT),
  );

  const statuses = await expectSameEnd(players);

  const slots = statuses.map(({ slot }) => slot).toSorted();
  expect(slots).toEqual(Array.from({ length: count }, (_, slot) => slot));
  for (const { transport, players } of statuses) {
    expect(transport).toBe(broker ? "amqp" : "relay");
    expect(players.length).toBe(count);
  }
  for (const player of players) expect(await player.exited).toBe(0);
}

/** Plays a match of so many, over `broker` if given, and watches from its middle to its end. */
export async function watchFromTheMiddle(
  count: number,
  broker?: string,
): Promise<void> {
  await using venue = await openVenue(broker);
  const room = ["--room", "ARENA", "--players", `${count}`];
  const length = ["--points", "4", "--lives", "2"];
  const bot = venue.play(...room, ...length, "--bot", "easy");
  const idlers = Array.from(
    { length: count - 1 },
    () => venue.play(...room, ...length, "--no-open"),
  );
  await waitForStatus(bot, ({ tick }) => tick > 120);

  const watcher = venue.watch("--room", "ARENA");

  const first = await waitToSee(watcher);
  expect(first.watchers).toBe(1);
  expect(first.hashes[0][0]).toBeGreaterThan(0);
  await expectSameEnd([bot, ...idlers], watcher);
  watcher.kill("SIGINT");
  expect(await watcher.exited).toBe(0);
}

/** For how long the second player is stopped before the start is sent, so that it subscribes late. */
const LATE_MS = 3000;

/** Plays a match, over `broker` if given, of which one hears late: nobody begins without it. */
export async function playWithLateSubscription(broker?: string): Promise<void> {
  await using venue = await openVenue(broker);
  const late = venue.play(...SHORT);
  await late.line(/^status: /);
  late.kill("SIGSTOP");
  const early = venue.play(...SHORT);
  const isSyncing = ({ phase }: Status) => phase === "syncing";
  const syncing = await waitForStatus(early, isSyncing);
  await last(LATE_MS);
  const waiting = await statusOf(early);
  late.kill("SIGCONT");

  expect(syncing.tick).toBe(0);
  expect(waiting).toMatchObject({ phase: "syncing", tick: 0 });
  const [status] = await expectSameEnd([early, late]);
  expect(status.stats.stalledMs).toBeLessThan(LATE_MS);
}

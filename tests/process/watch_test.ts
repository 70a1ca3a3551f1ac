/**
 * Watching with real processes: what a watcher shows is what the players had, and it disturbs nobody.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { View } from "../../net/page/protocol.ts";
import { openPage } from "../support/page_client.ts";
import {
  addressOf,
  expectOneLine,
  type PongProcess,
  resultOf,
  statusOf,
  waitForStatus,
} from "../support/processes.ts";
import { soon } from "../support/waiting.ts";
import { openVenue } from "./venue.ts";
import {
  expectSameEnd,
  waitToSee,
  type WatcherStatus,
  watchFromTheMiddle,
} from "./whole_match.ts";

/** Who heard nothing for so long would take somebody for lost; a busy machine stalls for less. */
const SILENCE_MS = 2000;

const ROOM = ["--room", "ARENA"];
/** A player, and one who only looks on: it loses soon, and stays when the match is over. */
const BOT = ["--bot", "easy", "--points", "4"];
const IDLER = ["--no-open", "--points", "4"];

/** Waits for what a process shows on its page, as a page of its own would see it. */
async function waitForView(
  pong: PongProcess,
  isWanted: (view: View) => boolean,
): Promise<void> {
  await using page = await openPage({ server: { url: await addressOf(pong) } });
  const look = async () => {
    for (;;) {
      const message = await page.nextMessage();
      if (typeof message !== "string") continue; // The court.
      if (isWanted(JSON.parse(message))) return;
    }
  };
  await soon(look(), `That a page shows ${isWanted}`);
}

for (const count of [2, 4]) {
  Deno.test(`a watcher that comes late sees what ${count} players have, over the relay`, () =>
    watchFromTheMiddle(count));
}

Deno.test("a watcher follows a room from the lobby to the result, and its players know of it", async () => {
  await using venue = await openVenue();
  const short = ["--points", "2"];
  const mia = venue.play(...ROOM, ...IDLER, ...short, "--name", "Mia");
  await waitForStatus(mia, ({ phase }) => phase === "lobby");
  const watcher = venue.watch(...ROOM);
  const gathering = await waitForStatus<WatcherStatus>(
    watcher,
    ({ players }) => players.length === 1,
  );
  expect(gathering).toMatchObject({
    phase: "lobby",
    players: [{ name: "Mia" }],
  });
  await waitForView(mia, ({ watchers }) => watchers === 1);

  const bot = venue.play(...ROOM, ...BOT, ...short);

  await waitToSee(watcher);
  await waitForView(
    mia,
    ({ phase, watchers }) => phase === "playing" && watchers === 1,
  );
  await expectSameEnd([bot, mia], watcher);
});

Deno.test("a watcher that is killed disturbs neither the players nor another watcher", async () => {
  await using venue = await openVenue();
  const bot = venue.play(...ROOM, ...BOT);
  const idler = venue.play(...ROOM, ...IDLER);
  await waitForStatus(idler, ({ tick }) => tick > 0);
  const [victim, watcher] = [venue.watch(...ROOM), venue.watch(...ROOM)];
  await waitToSee(victim);
  await waitToSee(watcher);
  const waitForWatchers = (count: number) =>
    waitForStatus<WatcherStatus>(watcher, (it) => it.watchers === count);
  await waitForWatchers(2);

  victim.kill("SIGKILL");

  await waitForWatchers(1);
  await expectSameEnd([bot, idler], watcher);
  const { stats, era } = await statusOf(idler);
  expect(era).toBe(0);
  expect(stats.stalledMs).toBeLessThan(SILENCE_MS);
});

Deno.test("without a room the match that began last is watched, with --once to its end", async () => {
  await using venue = await openVenue();
  const playing = async (a: readonly string[], b: readonly string[]) => {
    venue.play(...a);
    const bot = venue.play(...b);
    return { bot, ...await waitForStatus(bot, ({ tick }) => tick > 0) };
  };
  const long = [...BOT, "--points", "99"];
  await playing(long, long);
  const { bot, match, room } = await playing(IDLER, BOT);
  // Later, but with a code.
  await playing(["--room", "NEWER", ...long], ["--room", "NEWER", ...long]);

  const watcher = venue.watch("--once");

  expect(await waitToSee(watcher)).toMatchObject({ room, match });
  expect(await watcher.exited).toBe(0);
  expect((await resultOf(bot)).match).toBe(match);
});

Deno.test("what can't be watched is refused in a line", async () => {
  await using venue = await openVenue();
  const bot = venue.play(...ROOM, ...BOT);
  await waitForStatus(bot, ({ phase }) => phase === "lobby");

  await expectOneLine(venue.watch("--room", "NOWHERE"), /^pong: .*NOWHERE/);
  await expectOneLine(venue.watch(), /^pong: /);
});

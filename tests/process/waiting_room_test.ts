/**
 * A lobby freezes, or is stopped and started again on the same folder, while people wait in its rooms
 * and a match runs: everybody is where they were, and nobody has done anything for it.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Status } from "../../net/player/status.ts";
import { statusOf, waitForStatus } from "../support/processes.ts";
import { last } from "../support/waiting.ts";
import { expectToGoOn, waitForAll } from "./fault_match.ts";
import { openVenue, type Player, type Venue } from "./venue.ts";

const ENDLESS = ["--bot", "hard", "--points", "99"];

/** What the lobby suffers; in the end, one is there again. */
const TROUBLES: Readonly<Record<string, (venue: Venue) => Promise<unknown>>> = {
  "freezes for 5 s": async ({ lobby }) => {
    lobby.kill("SIGSTOP");
    await last(5000);
    lobby.kill("SIGCONT");
  },
  "freezes for 12 s": async ({ lobby }) => {
    lobby.kill("SIGSTOP");
    await last(12_000);
    lobby.kill("SIGCONT");
  },
  "is stopped and started again": async ({ lobby, restartLobby }) => {
    lobby.kill("SIGTERM");
    expect(await lobby.exited).toBe(0);
    await restartLobby();
  },
  "is killed and started again": async ({ lobby, restartLobby }) => {
    lobby.kill("SIGKILL");
    await lobby.exited;
    await last(3000);
    await restartLobby();
  },
};

/** A room of three in which a seat is free, with a watcher; and a public one. */
async function survive(trouble: (venue: Venue) => Promise<unknown>) {
  await using venue = await openVenue();
  const friends = [1, 2].map(() =>
    venue.play("--bot", "--room", "MINE", "--players", "3", "--lives", "1")
  );
  const stranger = venue.play(...ENDLESS, "--players", "4", "--lives", "7");
  const playing = [1, 2].map(() => venue.play(...ENDLESS, "--room", "DUEL"));
  const [before] = await waitForAll(playing, (it) => it.confirmedTick > 120);
  await waitForAll(friends, ({ players }) => players.length === 2);
  const watcher = venue.watch("--room", "MINE", "--once");
  await waitForStatus(watcher, (it: Status) => it.players.length === 2);
  const waiting: readonly Player[] = [...friends, stranger];
  const seats = await Promise.all(waiting.map(seatOf));

  await trouble(venue);

  await expectToGoOn(playing, before);
  await waitForAll(friends, ({ players }) => players.length === 2);
  await waitForStatus(stranger, ({ players }) => players.length === 1);
  expect(await Promise.all(waiting.map(seatOf))).toEqual(seats);
  // The third one is let in, and all of them play; a stranger finds the public room.
  const third = venue.play("--bot", "--room", "MINE");
  const other = venue.play(...ENDLESS, "--players", "4", "--lives", "7");
  await waitForAll([stranger, other], ({ players }) => players.length === 2);
  await waitForAll([...friends, third], ({ phase }) => phase === "playing");
  await waitForStatus(watcher, (it: Status) => it.phase !== "lobby");
}

async function seatOf(player: Player) {
  const { room, slot, players } = await statusOf(player);
  return { room, slot, names: players.map(({ name }) => name) };
}

for (const [what, trouble] of Object.entries(TROUBLES)) {
  Deno.test(`a lobby ${what}: its rooms and its match go on by themselves`, () =>
    survive(trouble));
}

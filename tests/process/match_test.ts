/**
 * Whole matches between real processes over the lobby's relay.
 *
 * @module
 */
import { expect } from "@std/expect";
import { resultOf, statusOf, waitForStatus } from "../support/processes.ts";
import { openVenue } from "./venue.ts";
import {
  playWholeMatch,
  playWithLateSubscription,
  SHORT,
} from "./whole_match.ts";

for (const count of [2, 3, 4]) {
  Deno.test(`${count} processes play a whole match over the relay: one truth`, () =>
    playWholeMatch(count));
}

Deno.test("over the relay nobody starts before a late subscriber is ready", () =>
  playWithLateSubscription());

Deno.test("when a player leaves a match of two the other has won at once", async () => {
  await using venue = await openVenue();
  const words = ["--bot", "easy", "--points", "9"];
  const [leaver, other] = [venue.play(...words), venue.play(...words)];
  await waitForStatus(leaver, ({ tick }) => tick > 100);

  leaver.kill("SIGINT");

  const { slot } = await statusOf(other);
  expect(await resultOf(other))
    .toMatchObject({ reason: "walkover", winner: slot });
  expect(await leaver.exited).toBe(0);
  expect(await other.exited).toBe(0);
});

Deno.test("a match is played to one truth over the network that --faults makes, with a warning", async () => {
  await using venue = await openVenue();
  const faults = "latency=30,jitter=20,loss=5,duplicate=2,reorder=5";
  const bad = venue.play(...SHORT, "--faults", faults);
  const good = venue.play(...SHORT);
  const { players } = await waitForStatus(good, ({ tick }) => tick > 100);

  const results = await Promise.all([resultOf(bad), resultOf(good)]);

  expect(results[0].reason).toBe("finished");
  expect(results[1]).toEqual(results[0]);
  // There and back, with at least 30 ms each way.
  const [rttMs] = players.flatMap((player) => player.rttMs ?? []);
  expect(rttMs).toBeGreaterThan(60);
  expect(bad.stderr.match(/Faults are on/g)?.length).toBe(1);
  expect(bad.stderr).toContain("delayMs: 30");
  expect(good.stderr).not.toContain("Faults");
});

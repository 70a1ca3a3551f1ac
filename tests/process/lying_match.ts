/**
 * A match of real processes in which one lies.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { LyingPlan } from "../support/lying_member.ts";
import { expectOneTruth, waitForAll } from "./fault_match.ts";
import { openVenue } from "./venue.ts";

/** Twenty seconds of play. */
const PLAY_TICKS = 1200;

/** The others play for twenty seconds, and are all in the match at its end, with equal hashes. */
export async function playAgainstLiar(
  players: number,
  strategy: LyingPlan["strategy"],
  broker?: string,
): Promise<void> {
  await using venue = await openVenue(broker);
  const words = [
    ...["--players", `${players}`, "--points", "99", "--lives", "99"],
    ...["--bot", "hard"],
  ];
  venue.lie(strategy, ...words);
  const honest = Array.from(
    { length: players - 1 },
    () => venue.play(...words),
  );
  await waitForAll(
    honest,
    ({ confirmedTick }) => confirmedTick > PLAY_TICKS,
  );

  const statuses = await expectOneTruth(honest);

  const slots = statuses.map(({ slot }) => slot);
  for (const { slot, players, winner } of statuses) {
    const others = slots.filter((other) => other !== slot);
    expect(others.map((other) => players[other].state))
      .toEqual(others.map(() => "ok"));
    expect(winner).toBe(null);
  }
}

/**
 * One process of a match lies, over the relay: for the others it is as if it weren't there.
 *
 * @module
 */
import { expect } from "@std/expect";
import { resultOf } from "../support/processes.ts";
import { together } from "./fault_match.ts";
import { playAgainstLiar } from "./lying_match.ts";
import { openVenue } from "./venue.ts";

Deno.test("one of three that accuses and one of four that tells wrong hashes take nothing from the others", () =>
  together([
    () => playAgainstLiar(3, "accuse"),
    () => playAgainstLiar(4, "wrong hashes"),
  ]));

Deno.test("of two who are both in the lobby and can't play with each other nobody wins, and both are told why", async () => {
  await using venue = await openVenue();
  const words = [
    ...["--players", "2", "--points", "99", "--bot", "hard", "--grace", "5"],
  ];
  const both = [venue.lie("withhold inputs", ...words), venue.play(...words)];

  const results = await Promise.all(both.map(resultOf));
  await Promise.all(both.map(({ exited }) => exited));

  for (const [at, { reason, winner }] of results.entries()) {
    expect([reason, winner]).toEqual(["connection lost", null]);
    expect(both[at].stderr).toContain("can't reach each other");
  }
});

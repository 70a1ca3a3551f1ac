import { expect } from "@std/expect";
import { Members } from "./members.ts";

/** Longer than beats tell what is newer: 2^15 of them, at 60 a second, are 9.1 minutes. */
const NAP_MS = 10 * 60_000;

for (const isStanding of [true, false]) {
  const name = isStanding
    ? "with a clock that stood still, and its link down"
    : "with a clock that ran on";
  Deno.test(`whoever slept for ten minutes, ${name}, is back within 2 s`, () => {
    const match = new Members({ players: 3, clockMs: [0, 5e6, 9e6] });
    match.begin();
    const sleeper = match.members[2];

    sleeper.isAsleep = true;
    match.isCut = (_, to) => isStanding && to === 2;
    match.run(NAP_MS);
    match.wake(sleeper, { stoodMs: isStanding ? NAP_MS : 0 });
    // While it hears nothing yet, it passes on what it heard before it slept.
    match.run(1_000);
    match.isCut = () => false;
    match.run(2_000);

    for (const { slot, session, events } of match.members) {
      expect(session.play?.members).toBe(0b111);
      const unheard = events.filter((event) => event.kind === "peer")
        .map((event) => event.slot);
      if (slot !== 2) expect(new Set(unheard)).toEqual(new Set([2]));
    }
    // It tells the witness of the era that it came back in.
    expect(sleeper.events.slice(-2).map(({ kind }) => kind))
      .toEqual(["returned", "era"]);
  });
}

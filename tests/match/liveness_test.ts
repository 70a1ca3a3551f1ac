import { expect } from "@std/expect";
import { PeerLiveness } from "../../net/match/membership/liveness.ts";
import type { NegativeControls } from "../../net/match/membership/negative_controls.ts";
import { timersFor } from "../../net/match/membership/timers.ts";
import { TIMERS } from "./membership_case.ts";

/** What host 0 of four lives through; sets are of slots, and nobody speaks where nothing is said. */
interface Stretch {
  readonly forMs: number;
  /** Who speaks all the time, and who of them hears host 0; all who speak, if not given. */
  readonly speaking?: number;
  readonly hearing?: number;
  readonly members?: number;
  readonly isLinkUp?: boolean;
  /** Host 0 is woken only at the end. */
  readonly isAsleep?: boolean;
}

function live(stretches: readonly Stretch[], controls?: NegativeControls) {
  const host = { slot: 0, players: 4, timers: TIMERS, nowMs: 1000 };
  const liveness = new PeerLiveness({ ...host, controls });
  const told: string[] = [];
  let nowMs = 1000;
  for (const stretch of stretches) {
    const { forMs, speaking = 0, hearing = speaking } = stretch;
    const { members = 0b1111, isLinkUp = true, isAsleep = false } = stretch;
    const stepMs = isAsleep ? forMs : 50;
    for (const endMs = nowMs + forMs; nowMs < endMs;) {
      nowMs += stepMs;
      for (let slot = 1; slot < 4; slot++) {
        const isMutual = (hearing >> slot & 1) === 1;
        if (speaking >> slot & 1) liveness.hear(slot, nowMs, isMutual);
      }
      for (const change of liveness.update(nowMs, members, isLinkUp)) {
        told.push(`${change.slot} is ${change.state} at ${nowMs - 1000}`);
      }
    }
  }
  return { liveness, told };
}

/** For how long slots 1 to 3 are silent at the end, and who is present and heard then. */
type Row = readonly [
  string,
  readonly Stretch[],
  number[],
  present: number,
  heard: number,
];

// deno-fmt-ignore
const ROWS: readonly Row[] = [
  ["R1: lets only a member that hears this host end its silence",
    [{ forMs: 500, speaking: 0b1110, hearing: 0b0110 }], [50, 50, 500], 0b1111, 0b1111],
  ["R1: has nobody present for longer than unstable, or heard for longer than suspect",
    [{ forMs: 50, speaking: 0b1110 }, { forMs: 200, speaking: 0b0110 },
      { forMs: 400, speaking: 0b0100 }, { forMs: 50 }], [500, 100, 700], 0b0101, 0b0111],
  ["R1: has present and heard who spoke exactly so long ago",
    [{ forMs: 400, speaking: 0b1000 }, { forMs: 200 }], [600, 600, 250], 0b1001, 0b1111],
  ["R2: counts the silence of whoever says nothing",
    [{ forMs: 500, speaking: 0b0110 }], [50, 50, 500], 0b0111, 0b1111],
  ["R2: takes no sleep of its own for the others' silence",
    [{ forMs: 100, speaking: 0b1110 }, { forMs: 150, speaking: 0b0110 },
      { forMs: 60_000, isAsleep: true }], [117, 117, 267], 0b0111, 0b1111],
  ["R2: hears whoever speaks when it wakes no longer than others",
    [{ forMs: 60_000, isAsleep: true, speaking: 0b1110 }, { forMs: 250, speaking: 0b0110 }],
    [50, 50, 317], 0b0111, 0b1111],
  ["R2: counts silence while exactly half of the members speak",
    [{ forMs: 1000, speaking: 0b0010 }], [50, 1000, 1000], 0b0011, 0b0011],
  ["R2: counts no silence while less than half of the members speak",
    [{ forMs: 1000 }], [200, 200, 200], 0b0001, 0b0001],
  ["R2: lets only members be half of those who speak",
    [{ forMs: 1000, speaking: 0b0100, members: 0b1011 }], [200, 0, 200], 0b0101, 0b0101],
  ["R2: counts the only other member's silence",
    [{ forMs: 1000, members: 0b0011 }], [1000, 0, 0], 0b0001, 0b0001],
  ["R2: counts no silence while its own link is down",
    [{ forMs: 1000, speaking: 0b0110, isLinkUp: false }], [0, 0, 0], 0b0111, 0b0111],
];

for (const [what, stretches, ...expected] of ROWS) {
  const [rule, rest] = what.split(": ");
  Deno.test(`${rule}: a host ${rest}`, () => {
    const { liveness } = live(stretches);

    const silentMs = [1, 2, 3].map((slot) => liveness.silentMs(slot));
    expect([silentMs, liveness.present, liveness.heard]).toEqual(expected);
  });
}

Deno.test("without R2 a host takes its own sleep for the others' silence", () => {
  const nap = { forMs: 60_000, speaking: 0b0110, isAsleep: true };

  expect(live([nap], { isSleepCounted: true }).liveness.silentMs(3))
    .toBe(60_000);
});

Deno.test("a host tells once when another becomes unstable, suspect, and ok again", () => {
  const { liveness, told } = live([
    { forMs: 700, speaking: 0b0010 },
    { forMs: 100, speaking: 0b1010 },
  ]);

  expect(told).toEqual([
    "2 is unstable at 200",
    "3 is unstable at 200",
    "2 is suspect at 600",
    "3 is suspect at 600",
    "3 is ok at 750",
  ]);
  expect(liveness.stateOf(3)).toBe("ok");
});

Deno.test("a match is lost well after the grace period, and never before 30 s", () => {
  const times = [5_000, 20_001].map((graceMs) => timersFor(graceMs));

  expect(times).toEqual([
    { unstableMs: 500, suspectMs: 2000, graceMs: 5_000, lostMs: 30_000 },
    { unstableMs: 500, suspectMs: 2000, graceMs: 20_001, lostMs: 30_001 },
  ]);
});

Deno.test("a host takes new members for heard at this moment", () => {
  const { liveness } = live([{ forMs: 1000, speaking: 0b0010 }]);

  liveness.welcome(0b1000, 2000);

  expect([2, 3].map((slot) => liveness.silentMs(slot))).toEqual([1000, 0]);
  expect(liveness.present).toBe(0b1011);
});

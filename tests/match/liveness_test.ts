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

interface Heard {
  /** Of slots 1 to 3, at the end. */
  readonly silentMs: readonly number[];
  readonly present: number;
  readonly heard: number;
}

function live(stretches: readonly Stretch[], controls?: NegativeControls) {
  const liveness = new PeerLiveness({
    slot: 0,
    players: 4,
    timers: TIMERS,
    controls,
    nowMs: 1000,
  });
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

type Row = readonly [what: string, stretches: readonly Stretch[], heard: Heard];

// deno-fmt-ignore
const ROWS: readonly Row[] = [
  ["R1: lets only a member that hears this host end its silence",
    [{ forMs: 500, speaking: 0b1110, hearing: 0b0110 }],
    { silentMs: [50, 50, 500], present: 0b1111, heard: 0b1111 }],
  ["R1: has nobody present for longer than unstable, or heard for longer than suspect",
    [{ forMs: 50, speaking: 0b1110 }, { forMs: 200, speaking: 0b0110 },
      { forMs: 400, speaking: 0b0100 }, { forMs: 50 }],
    { silentMs: [500, 100, 700], present: 0b0101, heard: 0b0111 }],
  ["R1: has present and heard who spoke exactly so long ago",
    [{ forMs: 400, speaking: 0b1000 }, { forMs: 200 }],
    { silentMs: [600, 600, 250], present: 0b1001, heard: 0b1111 }],
  ["R2: counts the silence of whoever says nothing",
    [{ forMs: 500, speaking: 0b0110 }],
    { silentMs: [50, 50, 500], present: 0b0111, heard: 0b1111 }],
  ["R2: takes no sleep of its own for the others' silence",
    [{ forMs: 100, speaking: 0b1110 }, { forMs: 150, speaking: 0b0110 },
      { forMs: 60_000, isAsleep: true }],
    { silentMs: [117, 117, 267], present: 0b0111, heard: 0b1111 }],
  ["R2: hears whoever speaks when it wakes no longer than others",
    [{ forMs: 60_000, isAsleep: true, speaking: 0b1110 }, { forMs: 250, speaking: 0b0110 }],
    { silentMs: [50, 50, 317], present: 0b0111, heard: 0b1111 }],
  ["R2: counts silence while exactly half of the members speak",
    [{ forMs: 1000, speaking: 0b0010 }],
    { silentMs: [50, 1000, 1000], present: 0b0011, heard: 0b0011 }],
  ["R2: counts no silence while less than half of the members speak",
    [{ forMs: 1000 }],
    { silentMs: [200, 200, 200], present: 0b0001, heard: 0b0001 }],
  ["R2: lets only members be half of those who speak",
    [{ forMs: 1000, speaking: 0b0100, members: 0b1011 }],
    { silentMs: [200, 0, 200], present: 0b0101, heard: 0b0101 }],
  ["R2: counts the only other member's silence",
    [{ forMs: 1000, members: 0b0011 }],
    { silentMs: [1000, 0, 0], present: 0b0001, heard: 0b0001 }],
  ["R2: counts no silence while its own link is down",
    [{ forMs: 1000, speaking: 0b0110, isLinkUp: false }],
    { silentMs: [0, 0, 0], present: 0b0111, heard: 0b0111 }],
];

for (const [what, stretches, expected] of ROWS) {
  const [rule, rest] = what.split(": ");
  Deno.test(`${rule}: a host ${rest}`, () => {
    const { liveness } = live(stretches);

    const silentMs = [1, 2, 3].map((slot) => liveness.silentMs(slot));
    const { present, heard } = liveness;
    expect({ silentMs, present, heard }).toEqual(expected);
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

/**
 * R12 of docs/membership.md: what the witness of one match grants, and what no liar gets from it.
 *
 * @module
 */
import { expect } from "@std/expect";
import fc from "fast-check";
import { Attendance } from "../../net/lobby_server/attendance.ts";
import { type SeatEpoch, Witness } from "../../net/lobby_server/witness.ts";

const GRACE_MS = 20_000;
const GONE_MS = 5_000;
const PING_MS = 2_000;

/** A match of so many players; seats are written as slot, or slot.epoch. */
class Trial {
  readonly epochs: number[];
  readonly attendance: Attendance;
  readonly witness: Witness;
  nowMs = 0;
  #ticks = 0;

  constructor(readonly players: number) {
    this.epochs = Array.from({ length: players }, () => 0);
    const goneMs = GONE_MS;
    const { epochs } = this;
    this.attendance = new Attendance({ epochs, goneMs, nowMs: 0 });
    const { attendance } = this;
    this.witness = new Witness({
      ...{ players, attendance, goneMs, graceMs: GRACE_MS },
    });
  }

  /** Time passes; meanwhile `pinging` say that they are there, `playing` also that they play. */
  wait(
    forMs: number,
    { pinging = [], playing = [] }: {
      readonly pinging?: readonly number[];
      readonly playing?: readonly number[];
    } = {},
  ): this {
    for (let ms = forMs; ms > 0; ms -= PING_MS) {
      this.nowMs += Math.min(ms, PING_MS);
      for (const slot of pinging) this.attendance.hear(slot, this.nowMs);
      for (const slot of playing) {
        this.attendance.hear(slot, this.nowMs, ++this.#ticks);
      }
    }
    return this;
  }

  take(slot: number): this {
    this.epochs[slot]++;
    this.attendance.takenAgain(slot, this.nowMs);
    return this;
  }

  tell(era: number, seats: string, ...by: readonly number[]): this {
    for (const slot of by) {
      this.witness.tell(slot, { era, seats: seatsOf(seats) }, this.nowMs);
    }
    return this;
  }

  /** Claims for a slot; the value is who claims, unless it is given. */
  claim(by: number, era: number, seats: string, value = `v${seats}`): string {
    const claim = { era, value, seats: seatsOf(seats) };
    const ruling = this.witness.claim(by, claim, this.nowMs);
    switch (ruling.kind) {
      case "lost":
        return `lost to ${ruling.winner.seats.map(([slot]) => slot).join(" ")}`;
      case "refused":
        return ruling.why;
      default:
        return ruling.kind;
    }
  }
}

function seatsOf(text: string): readonly SeatEpoch[] {
  return text.split(" ").map((seat) => {
    const [slot, epoch = 0] = seat.split(".").map(Number);
    return [slot, epoch];
  });
}

const STILL_HERE = "Player 2 is still here.";
const HAS_PLAYED = "Player 2 played lately.";
const NOT_SEATS =
  "A claim names its claimant and other members, each with an epoch that it had.";
const NOT_HALF = "Only exactly half of the members asks the witness.";

/** What happens in a match of so many, and what comes of each claim. */
const CASES: readonly (readonly [
  what: string,
  players: number,
  happens: (trial: Trial) => readonly string[],
  answers: readonly string[],
])[] = [
  [
    "grants the first claim, and the same value again to anybody",
    2,
    (
      t,
    ) => [
      t.wait(GRACE_MS).claim(0, 1, "0"),
      t.claim(0, 1, "0"),
      t.claim(1, 1, "0"),
    ],
    ["granted", "granted", "granted"],
  ],
  [
    "refuses another value for a granted era with the winner's",
    4,
    (t) => {
      t.wait(GRACE_MS);
      return [t.claim(0, 1, "0 1"), t.claim(2, 1, "2 3"), t.claim(1, 1, "0 1")];
    },
    ["granted", "lost to 0 1", "granted"],
  ],
  [
    "grants a later era to somebody else",
    4,
    (t) => {
      t.wait(GRACE_MS);
      return [t.claim(0, 1, "0 1"), t.claim(1, 2, "1"), t.claim(0, 2, "0")];
    },
    ["granted", "granted", "lost to 1"],
  ],
  [
    "grants an era before which others were decided without it",
    3,
    (t) => {
      t.wait(GRACE_MS).tell(1, "0 1", 0, 2).tell(1, "0 1.7", 0, 1);
      const early = t.claim(0, 2, "0");
      return [early, t.tell(1, "0 1", 1).claim(0, 2, "0")];
    },
    [
      "Era 2 can't be claimed: the newest that most members told of is 0.",
      "granted",
    ],
  ],
  [
    "refuses an era that was passed over, with who went on",
    4,
    (t) => {
      t.wait(GRACE_MS).tell(1, "0 1 2", 0, 1, 2).tell(2, "0 2", 0, 2);
      return [t.claim(3, 1, "2 3"), t.claim(1, 2, "1"), t.claim(2, 3, "2")];
    },
    ["lost to 0 2", "lost to 0 2", "granted"],
  ],
  [
    "keeps what it granted in earlier eras",
    4,
    (t) => {
      t.wait(GRACE_MS);
      return [
        ...[t.claim(0, 1, "0 1"), t.claim(0, 2, "0"), t.claim(1, 1, "0 1")],
        t.claim(2, 1, "2 3"),
      ];
    },
    ["granted", "granted", "granted", "lost to 0 1"],
  ],
  [
    "grants more eras than a match can have",
    2,
    (t) => {
      const answers = [];
      for (let era = 1; era < 400; era += 2) {
        t.tell(era, "0 1", 0, 1).wait(GRACE_MS).attendance.hear(1, t.nowMs, -1);
        answers.push(t.claim(0, era + 1, "0 1"));
      }
      return [...new Set(answers)];
    },
    ["granted"],
  ],
  [
    "makes claims without a seat that was taken again wait, but not for ever",
    2,
    (t) => {
      t.wait(GRACE_MS).take(1);
      const pinging = [1];
      return [
        t.claim(0, 1, "0"),
        t.wait(GONE_MS - 1, { pinging }).claim(0, 1, "0"),
        t.wait(1, { pinging }).claim(0, 1, "0"),
      ];
    },
    [STILL_HERE, STILL_HERE, "granted"],
  ],
  [
    "grants a claim at once that has the seat that was taken again",
    2,
    (t) => {
      t.attendance.hear(1, 0, -1);
      return [
        ...[t.take(1).claim(0, 1, "0 1.2"), t.claim(0, 1, "0 1.1")],
        ...[t.claim(0, 1, "0"), t.claim(0, 2, "0 1"), t.claim(0, 2, "0 1.1")],
      ];
    },
    [
      ...[NOT_SEATS, "granted", "lost to 0 1", NOT_SEATS],
      "Player 2 has not claimed the same.",
    ],
  ],
  [
    "lets go of a seat that was taken again and is gone",
    2,
    (t) => {
      t.wait(GRACE_MS).take(1);
      return [t.claim(0, 1, "0"), t.wait(GONE_MS).claim(0, 1, "0")];
    },
    [STILL_HERE, "granted"],
  ],
  [
    "waits for no seat that the newest era hasn't got",
    3,
    (t) => {
      t.tell(1, "0 1", 0, 1).wait(GRACE_MS).take(2);
      return [t.claim(0, 2, "0 2"), t.claim(0, 2, "0")];
    },
    [NOT_SEATS, "granted"],
  ],
  [
    "repeats a granted claim after a seat was taken again",
    4,
    (t) => {
      t.wait(GRACE_MS);
      const first = t.claim(0, 1, "0 1");
      return [first, t.take(1).claim(0, 1, "0 1"), t.claim(0, 2, "0")];
    },
    ["granted", "granted", STILL_HERE],
  ],
  [
    "takes a frozen process for gone, and no other",
    2,
    (t) => {
      t.wait(GRACE_MS, { pinging: [1] }).wait(GONE_MS - 1);
      return [t.claim(0, 1, "0"), t.wait(1).claim(0, 1, "0")];
    },
    [STILL_HERE, "granted"],
  ],
  [
    "grants nothing against who has played within the grace period",
    2,
    (t) => {
      t.wait(GRACE_MS, { playing: [0, 1] });
      const early = t.claim(0, 1, "0");
      return [
        early,
        t.wait(GRACE_MS - 1).claim(0, 1, "0"),
        t.wait(1).claim(0, 1, "0"),
      ];
    },
    [HAS_PLAYED, HAS_PLAYED, "granted"],
  ],
  [
    "takes no tick for play that was told before",
    2,
    (t) => {
      t.attendance.hear(1, 0, 5);
      t.wait(GRACE_MS).attendance.hear(1, t.nowMs, 5);
      return [t.wait(GONE_MS).claim(0, 1, "0")];
    },
    ["granted"],
  ],
  [
    "lets nobody win where both of two are there and can't play",
    2,
    (t) => {
      const pinging = [0, 1];
      t.wait(GRACE_MS, { pinging });
      const both = [t.claim(0, 1, "0"), t.claim(1, 1, "1")];
      const late = t.wait(GONE_MS - 1, { pinging }).claim(0, 1, "0");
      t.wait(1, { pinging });
      return [...both, late, t.claim(0, 1, "0"), t.claim(1, 1, "1")];
    },
    [
      ...[STILL_HERE, "Player 1 is still here.", STILL_HERE],
      ...["nobody wins", "nobody wins"],
    ],
  ],
  [
    "judges a dispute anew after a pause, and in another era",
    2,
    (t) => {
      const pinging = [0, 1];
      t.wait(GRACE_MS, { pinging });
      const answers = [t.claim(0, 1, "0")];
      t.wait(GONE_MS, { pinging });
      answers.push(t.claim(0, 1, "0"));
      t.wait(GONE_MS - 1, { pinging }).tell(1, "0 1", 0, 1);
      answers.push(t.claim(0, 2, "0"));
      return [...answers, t.wait(1, { pinging }).claim(0, 2, "0")];
    },
    [STILL_HERE, STILL_HERE, STILL_HERE, STILL_HERE],
  ],
  [
    "lets the first of two halves go on, once all of it who are there have claimed",
    4,
    (t) => {
      const pinging = [0, 1, 2, 3];
      t.wait(GRACE_MS, { pinging });
      const alone = t.claim(0, 1, "0 1");
      const both = t.claim(1, 1, "0 1");
      const other = t.wait(GONE_MS - 1, { pinging }).claim(2, 1, "2 3");
      t.claim(0, 1, "0 1");
      t.wait(1, { pinging });
      return [alone, both, other, t.claim(0, 1, "0 1")];
    },
    [
      "Player 2 has not claimed the same.",
      "Player 3 is still here.",
      "Player 4 has not claimed the same.",
      "granted",
    ],
  ],
  [
    "needs a player's own word that it is out, before another replaces it",
    2,
    (t) => {
      const early = t.claim(0, 1, "0 1");
      t.attendance.hear(1, t.nowMs, -1);
      return [early, t.claim(0, 1, "0 1")];
    },
    ["Player 2 has not claimed the same.", "granted"],
  ],
  [
    "counts no word of who has said goodbye",
    4,
    (t) => {
      const playing = [2, 3];
      t.wait(GRACE_MS, { playing });
      for (const slot of playing) t.attendance.leave(slot);
      const half = t.claim(0, 1, "0 1");
      t.tell(2, "0 1", 0, 1).wait(GRACE_MS, { playing });
      return [half, t.claim(0, 3, "0")];
    },
    ["granted", "granted"],
  ],
  [
    "follows two that tell of an era in the absence of who could tell it, too",
    4,
    (t) => {
      t.tell(1, "1 2 3", 2, 3).tell(2, "2 3", 2, 3);
      const early = t.claim(2, 3, "2");
      t.attendance.leave(0);
      return [early, t.claim(2, 3, "2"), t.wait(GRACE_MS).claim(2, 3, "2")];
    },
    [
      "Era 3 can't be claimed: the newest that most members told of is 0.",
      ...["Player 4 played lately.", "granted"],
    ],
  ],
  [
    "refuses claims that nobody honest makes",
    4,
    (t) => {
      t.wait(GRACE_MS);
      return [
        ...[t.claim(0, 1, "0"), t.claim(0, 1, "0 1 2"), t.claim(0, 1, "0 0")],
        ...[t.claim(0, 1, "1 2"), t.claim(0, 1, "0 1.1"), t.claim(0, 9, "0 1")],
      ];
    },
    [
      ...[NOT_HALF, NOT_HALF, NOT_SEATS, NOT_SEATS, NOT_SEATS],
      "Era 9 can't be claimed: the newest that most members told of is 0.",
    ],
  ],
];

for (const [what, players, happens, answers] of CASES) {
  Deno.test(`the witness ${what}`, () => {
    expect(happens(new Trial(players))).toEqual(answers);
  });
}

Deno.test("the witness knows without whom a match went on, by the newest claim", () => {
  const trial = new Trial(4).wait(GRACE_MS);
  const wentOn = () =>
    [0, 1, 2, 3].map((slot) => trial.witness.wentOnWithout(slot)?.value);
  expect(wentOn()).toEqual([undefined, undefined, undefined, undefined]);
  trial.claim(0, 1, "0 1", "first");
  trial.claim(2, 1, "2 3");
  expect(wentOn()).toEqual([undefined, undefined, "first", "first"]);

  trial.tell(2, "0 1 2", 0, 1);
  expect(wentOn()).toEqual([undefined, undefined, undefined, "first"]);
});

Deno.test("the witness notices an era that contradicts what it knows", () => {
  const { witness } = new Trial(4).tell(1, "0 1 2", 0, 1, 2);
  const era = 1;

  expect(witness.tell(3, { era, seats: seatsOf("0 1 2") }, 0)).toBe(true);
  expect(witness.tell(3, { era, seats: seatsOf("2 3") }, 0)).toBe(false);
});

/** What a liar may do at any moment: claim or tell anything, come back, fall silent, leave. */
const lies = fc.array(
  fc.record({
    kind: fc.constantFrom("claim", "claim", "tell", "take", "leave", "idle"),
    era: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(0xffffffff)),
    slots: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
    epoch: fc.integer({ min: 0, max: 3 }),
    waitMs: fc.constantFrom(0, 200, GONE_MS, GRACE_MS),
    tick: fc.integer({ min: -1, max: 99 }),
    by: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 40 },
);

type Lie = typeof lies extends fc.Arbitrary<readonly (infer T)[]> ? T : never;

/** Lets slot `by` do it; returns what it claimed, and the answer. */
function lie(
  trial: Trial,
  by: number,
  { kind, era, slots, epoch, tick }: Lie,
): { readonly value: string; readonly answer: string } {
  const seats = slots.map((slot) =>
    `${slot}.${slot === by ? trial.epochs[by] : epoch}`
  ).join(" ");
  trial.attendance.hear(by, trial.nowMs, tick);
  if (kind === "tell") trial.tell(era, seats, by);
  if (kind === "take" && trial.epochs[by] < 15) trial.take(by);
  if (kind === "leave") trial.attendance.leave(by);
  const answer = kind === "claim" ? trial.claim(by, era, seats) : "";
  return { value: seats, answer };
}

Deno.test("a liar gets nothing from the witness while the others are there, or the other of two plays", () => {
  const players = fc.integer({ min: 2, max: 4 });
  fc.assert(fc.property(players, fc.boolean(), lies, (players, isIdle, all) => {
    const trial = new Trial(players);
    const others = [1, 2, 3].slice(0, players - 1);
    for (const each of all) {
      const playing = isIdle && players > 2 ? [] : others;
      trial.wait(each.waitMs, { pinging: [0, ...others], playing });
      const { answer } = lie(trial, 0, each);

      expect(["granted", "nobody wins"]).not.toContain(answer);
      expect(trial.witness.newest.era).toBe(0);
    }
  }));
});

Deno.test("the witness grants each era once, one after the other, whoever lies", () => {
  const players = fc.integer({ min: 2, max: 4 });
  fc.assert(fc.property(players, lies, (players, all) => {
    const trial = new Trial(players);
    const granted = new Map<number, string>();
    for (const each of all) {
      const before = trial.witness.newest.era;
      trial.wait(each.waitMs);
      const { value, answer } = lie(trial, each.by % players, each);

      const { era } = trial.witness.newest;
      expect([before, each.era]).toContain(era);
      if (answer !== "granted") continue;
      expect(granted.get(each.era) ?? value).toBe(value);
      if (!granted.has(each.era)) expect(era).toBe(before + 1);
      granted.set(each.era, value);
    }
  }));
});

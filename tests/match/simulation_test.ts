import { expect } from "@std/expect";
import { createPong } from "../../game/pong.ts";
import { BALL_X } from "../../game/state.ts";
import { NO_FAULTS } from "../../net/transport/link_faults.ts";
import {
  createScenario,
  type Scenario,
  simulate,
} from "../support/simulation.ts";

/** Seeds that CI runs of what `deno task sim` runs without end. */
const SEEDS = 500;
const BARRIER_SEEDS = 300;

/** A scenario in which all are there at once, and nothing goes wrong. */
function calm(seed: number, players?: number): Scenario {
  return { ...createScenario(seed, players), joinMs: [], faults: NO_FAULTS };
}

Deno.test(`${SEEDS} matches with delay, jitter, loss, duplicates and reordering: one truth, and an end`, () => {
  let rollbacks = 0;
  let confirmed = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { failures, hosts } = simulate(createScenario(seed));
    // The seed is the reproduction: deno task sim --seeds N..N
    expect({ seed, failures }).toEqual({ seed, failures: [] });
    for (const { session, hashes } of hosts) {
      rollbacks += session.play?.rollbackWork.rollbacks ?? 0;
      confirmed += hashes.length;
    }
  }

  expect(rollbacks).toBeGreaterThan(100 * SEEDS);
  expect(confirmed).toBeGreaterThan(1000 * SEEDS);
});

Deno.test("a seed gives the same history twice", () => {
  const history = () =>
    simulate(createScenario(77)).hosts.map(({ hashes, session }) => [
      hashes,
      session.stats,
    ]);

  expect(history()).toEqual(history());
});

/** Loss of 30 %, and everybody hears from some moment in the first 3 s on. */
function lateScenario(seed: number): Scenario {
  const { faults, joinMs, ...rest } = createScenario(seed);
  return {
    ...rest,
    faults: { ...faults, loss: 0.3 },
    joinMs: joinMs.map((_, slot) => ((seed * 7 + slot * 11) % 31) * 100),
  };
}

/** Counts matches in which, 12 s in, some had begun and others not. */
function countSplits(isStartSaidOnce: boolean): number {
  let splits = 0;
  for (let seed = 1; seed <= BARRIER_SEEDS; seed++) {
    const scenario = lateScenario(seed);
    const { hosts } = simulate(scenario, {
      controls: { isStartSaidOnce },
      untilMs: 12_000,
    });
    const begun = hosts.flatMap(({ startedMs }) => startedMs ?? []);
    if (begun.length > 0 && begun.length < hosts.length) splits++;
    expect(Math.max(...scenario.joinMs)).toBeLessThan(Math.min(...begun));
  }
  return splits;
}

Deno.test("with 30 % loss and late subscriptions never do some begin and others not", () => {
  expect(countSplits(false)).toBe(0);
});

Deno.test("a start that is said only once does split the match (negative control)", () => {
  expect(countSplits(true)).toBeGreaterThan(BARRIER_SEEDS / 20);
});

Deno.test("a host with a broken rule is caught as a desync", () => {
  const { hosts } = simulate(calm(4), {
    untilMs: 60_000,
    createGame: (slot, rules, seed) => {
      const pong = createPong(rules, seed);
      if (slot !== 1) return pong;
      return {
        ...pong,
        step: (state, inputs, offset) => {
          pong.step(state, inputs, offset);
          if (state[0] === 400) state[BALL_X]++;
        },
      };
    },
  });

  for (const { session: { outcome, play } } of hosts) {
    expect(outcome?.reason).toBe("desync");
    const { tick = 400 } = play?.desync ?? {};
    expect(tick).toBeGreaterThanOrEqual(400);
    expect(tick).toBeLessThan(430);
  }
});

Deno.test("members with other rules refuse to begin, and name what differs", () => {
  const { hosts } = simulate(calm(6), {
    untilMs: 30_000,
    terms: (slot, rules) => slot === 0 ? { ...rules, points: 9 } : rules,
  });

  for (const { session: { outcome } } of hosts) {
    expect(outcome?.reason).toBe("refused");
    expect(outcome?.message).toContain("points");
  }
});

Deno.test("a member that never comes is named, and nobody starts", () => {
  const scenario = { ...calm(4), joinMs: [0, 1e9] };
  const { hosts } = simulate(scenario, { untilMs: 40_000 });

  expect(hosts.length).toBeGreaterThan(0);
  for (const { session: { outcome }, startedMs } of hosts) {
    expect(startedMs).toBeUndefined();
    expect(outcome?.reason).toBe("not ready");
    expect(outcome?.message).toContain("player 2");
  }
});

Deno.test("a dead link between two of four is no event", () => {
  const faults = { ...NO_FAULTS, delayMs: 20 };
  const { hosts, failures } = simulate({ ...calm(3, 4), faults }, {
    isCut: (from, to, nowMs) => nowMs > 4000 && from + to === 1,
  });

  expect(failures).toEqual([]);
  for (const { session, states } of hosts) {
    expect(states).toEqual([]);
    expect(session.stats.stalledMs).toBeLessThan(300);
  }
});

Deno.test("silence is told to every host: unstable, suspect, and back", () => {
  // With lives enough that the match still runs when the silence is over.
  const rules = { players: 3, points: 1, lives: 3 };
  const { hosts, failures } = simulate({ ...calm(3, 3), rules }, {
    isCut: (from, to, nowMs) =>
      (from === 2 || to === 2) && nowMs >= 5000 && nowMs < 9000,
  });

  expect(failures).toEqual([]);
  for (const { states } of hosts.slice(0, 2)) {
    expect(states.map(({ slot, state }) => `${slot} ${state}`))
      .toEqual(["2 unstable", "2 suspect", "2 ok"]);
    const [unstableMs, suspectMs, okMs] = states.map(({ atMs }) => atMs);
    expect(Math.abs(unstableMs - 5500)).toBeLessThan(100);
    expect(Math.abs(suspectMs - 7000)).toBeLessThan(100);
    expect(okMs).toBeLessThan(9200);
  }
});

Deno.test("who loses everybody accuses nobody", () => {
  const { hosts } = simulate(calm(3, 3), {
    isCut: (_, __, nowMs) => nowMs >= 5000 && nowMs < 9000,
  });

  for (const { states } of hosts) {
    expect(states.filter(({ state }) => state === "suspect")).toEqual([]);
  }
});

Deno.test("two players whose links are down for 25 s accuse nobody, and play on", () => {
  const isOut = (nowMs: number) => nowMs >= 5000 && nowMs < 30_000;
  const { hosts, failures } = simulate(calm(2, 2), {
    isCut: (_, __, nowMs) => isOut(nowMs),
    isLinkUp: (nowMs) => !isOut(nowMs),
  });

  expect(failures).toEqual([]);
  for (const { states, session } of hosts) {
    expect(states).toEqual([]);
    expect(session.play?.era).toBe(0);
  }
});

Deno.test("a match that confirms nothing for 30 s ends as connection lost, without a winner", () => {
  const { hosts } = simulate(calm(2), {
    untilMs: 50_000,
    isCut: (_, __, nowMs) => nowMs >= 6000,
  });

  for (const { session: { outcome } } of hosts) {
    expect(outcome)
      .toMatchObject({ reason: "connection lost", winner: null });
  }
});

Deno.test("clocks that run 500 ppm apart stay within a tick of each other", () => {
  const scenario: Scenario = {
    ...calm(5),
    rules: { players: 2, points: 60, lives: 1 },
    clockMs: [0, 1e6],
    faults: { ...NO_FAULTS, delayMs: 30, jitterMs: 10 },
  };
  const { hosts } = simulate(scenario, {
    untilMs: 600_000,
    clockRate: (slot) => slot === 0 ? 1.0005 : 0.9995,
  });

  const ticks = hosts.map(({ session }) => session.play?.newestTick ?? 0);
  expect(ticks[0]).toBeGreaterThan(30_000);
  expect(Math.abs(ticks[0] - ticks[1])).toBeLessThanOrEqual(2);
});

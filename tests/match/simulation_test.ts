import { expect } from "@std/expect";
import type { Rules } from "../../game/court.ts";
import { createPong } from "../../game/pong.ts";
import type { Game } from "../../game/rollback.ts";
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

/** Counts matches in which, 12 s in, some had begun and others not. */
function countSplits(isStartSaidOnce: boolean): number {
  let splits = 0;
  for (let seed = 1; seed <= BARRIER_SEEDS; seed++) {
    const scenario = createScenario(seed);
    const faults = { ...scenario.faults, loss: 0.3 };
    // Everybody hears from some moment in the first 3 s on.
    const joinMs = scenario.joinMs.map((_, slot) =>
      ((seed * 7 + slot * 11) % 31) * 100
    );
    const { hosts } = simulate({ ...scenario, faults, joinMs }, {
      controls: { isStartSaidOnce },
      untilMs: 12_000,
    });
    const begun = hosts.filter(({ startedMs }) => startedMs !== undefined);
    if (begun.length > 0 && begun.length < hosts.length) splits++;
    const firstMs = Math.min(...begun.map(({ startedMs }) => startedMs ?? 0));
    expect(Math.max(...joinMs)).toBeLessThan(firstMs);
  }
  return splits;
}

Deno.test("with 30 % loss and late subscriptions never do some begin and others not", () => {
  expect(countSplits(false)).toBe(0);
});

Deno.test("a start that is said only once does split the match (negative control)", () => {
  expect(countSplits(true)).toBeGreaterThan(BARRIER_SEEDS / 20);
});

/** A seed's match in which all are there at once, over a network without faults. */
function quiet(seed: number, changes: Partial<Scenario> = {}): Scenario {
  const scenario = createScenario(seed, changes.rules?.players);
  const joinMs = scenario.joinMs.map(() => 0);
  return { ...scenario, faults: NO_FAULTS, joinMs, ...changes };
}

/** With lives enough that the match still runs when a cut is over. */
function rulesFor(players: number): Rules {
  return { players, points: 3, lives: 3 };
}

Deno.test("a host with a broken rule is caught as a desync", () => {
  const { hosts } = simulate(quiet(4, { rules: rulesFor(2) }), {
    untilMs: 60_000,
    createGame: (slot, rules, seed) => {
      const pong = createPong(rules, seed);
      const step: Game["step"] = (state, inputs, offset) => {
        pong.step(state, inputs, offset);
        if (slot === 1 && state[0] === 400) state[BALL_X]++;
      };
      return { ...pong, step };
    },
  });

  for (const { session } of hosts) {
    expect(session.outcome?.reason).toBe("desync");
    const tick = session.play?.desync?.tick ?? 400;
    expect(tick).toBeGreaterThanOrEqual(400);
    expect(tick).toBeLessThan(430);
  }
});

Deno.test("members with other rules refuse to begin, and name what differs", () => {
  const { hosts } = simulate(quiet(6), {
    untilMs: 30_000,
    terms: (slot, rules) => slot === 0 ? { ...rules, points: 9 } : rules,
  });

  for (const { session } of hosts) {
    expect(session.outcome?.reason).toBe("refused");
    expect(session.outcome?.message).toContain("points");
  }
});

Deno.test("a member that never comes is named, and nobody starts", () => {
  const { hosts } = simulate(quiet(4, { joinMs: [0, 1e9, 0] }), {
    untilMs: 40_000,
  });

  expect(hosts.length).toBeGreaterThan(0);
  for (const { session, startedMs } of hosts) {
    expect(startedMs).toBeUndefined();
    expect(session.outcome?.reason).toBe("not ready");
    expect(session.outcome?.message).toContain("player 2");
  }
});

Deno.test("a dead link between two of four is no event", () => {
  const faults = { ...NO_FAULTS, delayMs: 20 };
  const { hosts, failures } = simulate(
    quiet(3, { rules: rulesFor(4), faults }),
    { isCut: (from, to, nowMs) => nowMs > 4000 && from + to === 1 },
  );

  expect(failures).toEqual([]);
  for (const { session, states } of hosts) {
    expect(states).toEqual([]);
    expect(session.stats.stalledMs).toBeLessThan(300);
  }
});

Deno.test("silence is told to every host: unstable, suspect, and back", () => {
  const { hosts, failures } = simulate(quiet(3, { rules: rulesFor(3) }), {
    isCut: (from, to, nowMs) =>
      (from === 2 || to === 2) && nowMs >= 5000 && nowMs < 9000,
  });

  expect(failures).toEqual([]);
  for (const { states } of hosts.slice(0, 2)) {
    expect(states.map(({ slot, state }) => `${slot} ${state}`))
      .toEqual(["2 unstable", "2 suspect", "2 ok"]);
    for (const [i, atMs] of [5500, 7000, 9100].entries()) {
      expect(Math.abs(states[i].atMs - atMs)).toBeLessThan(100);
    }
  }
});

Deno.test("two players whose links are down for 25 s accuse nobody, and play on", () => {
  const isOut = (nowMs: number) => nowMs >= 5000 && nowMs < 30_000;
  const { hosts, failures } = simulate(quiet(2, { rules: rulesFor(2) }), {
    isCut: (_, __, nowMs) => isOut(nowMs),
    isLinkUp: (nowMs) => !isOut(nowMs),
  });

  expect(failures).toEqual([]);
  for (const { states, session } of hosts) {
    expect([states, session.play?.era]).toEqual([[], 0]);
  }
});

Deno.test("clocks that run 500 ppm apart stay within a tick of each other", () => {
  const rules = { players: 2, points: 60, lives: 1 };
  const faults = { ...NO_FAULTS, delayMs: 30, jitterMs: 10 };
  const scenario = { ...quiet(5, { rules, faults }), clockMs: [0, 1e6] };
  const { hosts } = simulate(scenario, {
    untilMs: 600_000,
    clockRate: (slot) => slot === 0 ? 1.0005 : 0.9995,
  });

  const ticks = hosts.map(({ session }) => session.play?.newestTick ?? 0);
  expect(ticks[0]).toBeGreaterThan(30_000);
  expect(Math.abs(ticks[0] - ticks[1])).toBeLessThanOrEqual(2);
});

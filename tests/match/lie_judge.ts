/**
 * What a lie may cost the others, and whether it cost more.
 *
 * From the moment it begins each honest member confirms at least 95 % of the ticks that it confirms
 * without the lie. A liar may take itself out: if it lies for good, or is dropped for it, the others
 * may also lose what its silence from that moment on would cost them, the *patience*, each time
 * that it is dropped, or asks in vain to come back; while members change, the change may begin anew
 * once. Where those who are honest and there are no majority, as in a match of two, it may end
 * instead, within `lostMs` and without a liar that wins. Who alone is told other inputs than the
 * rest may be out for a moment again and again. Before tick 0 any member can hold up all
 * others, so there only this counts: all begin or none does, and who has begun plays on.
 *
 * @module
 */
import { TICK_MS } from "../../game/court.ts";
import { type LiedMatch, LyingMatch, STEP_MS } from "./lying_match.ts";

/** Which part of the ticks a lie may cost, and how many more where two histories are compared. */
const LOST_MAX = 0.05;
const LOST_TICKS = 6;
/** While members change, a lie may make them begin the change anew. */
const ANEW_TICKS = 36;
/** How long it takes to be back where one was out for a moment, and for two to end. */
const RETURN_MS = 1500;
const END_MS = 5500;

export interface LiedResult {
  /** What was lied about; empty where the lie found nothing to be told in. */
  readonly told: string;
  /** What must not happen and did: "kind: details". */
  readonly violations: readonly string[];
}

/** Plays a match, and the same one without the lie, by all rules. */
export function playLie(match: LiedMatch): LiedResult {
  const lied = new LyingMatch(match, "lied");
  let violations: string[];
  try {
    lied.play();
    const found = match.phase === "hello"
      ? judgeBeginning(match, lied)
      : [...judgeTicks(match, lied), ...judgeEnds(match, lied)];
    violations = [...lied.violations, ...found].filter((violation) =>
      !isLedAstray(match, lied.told, violation)
    );
  } catch (error) {
    violations = [`throws: ${placeOf(error)}`];
  }
  return { told: lied.told, violations };
}

/** Whether one alone was told other inputs, and is out for long, where no rule is left out. */
function isLedAstray(
  { players, receiver, controls = {} }: LiedMatch,
  told: string,
  violation: string,
): boolean {
  const isWhole = Object.keys(controls).length === 0;
  return isWhole && players > 2 && receiver !== undefined &&
    /inputs|runs|byte/.test(told) && /^(waits|shut out)/.test(violation);
}

/** Matches without a lie, by all that makes a difference to them. */
const truths = new Map<string, LyingMatch>();

function truthOf(match: LiedMatch): LyingMatch {
  const { players, phase, victim } = match;
  const key = `${players} ${phase} ${victim}`;
  let truth = truths.get(key);
  if (!truth) {
    truth = new LyingMatch({ ...match, fromMs: 2200, controls: {} }, "true");
    truth.play();
    truths.set(key, truth);
  }
  return truth;
}

function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frames = error.stack?.match(/(net|game)\/[\w/]+\.ts:\d+/g) ?? [];
  return `${error.message} in ${frames.slice(0, 4).join(" < ")}`;
}

/** All or none begin; and who has, plays on. */
function judgeBeginning(
  { players }: LiedMatch,
  { honest, shown, drops, match: { hosts, nowMs } }: LyingMatch,
): string[] {
  const begun = honest.filter((slot) => shown[slot].startedMs < Infinity);
  if (begun.length === 0) return [];
  if (begun.length < honest.length) return ["split: not all have begun"];
  // Who names the start may itself come later.
  const allMs = Math.max(...shown.map(({ startedMs }) => startedMs));
  const late = begun.filter((slot) => {
    const expected = Math.max(0, nowMs - allMs) / TICK_MS;
    const lost = expected -
      shown[slot].confirmed[shown[slot].confirmed.length - 1];
    const mayLose = LOST_MAX * expected + 2 * LOST_TICKS;
    return lost > mayLose + (players > 2 ? drops * 60 : 0) &&
      !(players === 2 && hosts[slot].session?.outcome);
  });
  return late.length > 0 ? ["waits: after the beginning"] : [];
}

function judgeTicks(match: LiedMatch, lied: LyingMatch): string[] {
  const truth = truthOf(match);
  const from = Math.floor(match.fromMs / STEP_MS);
  const lossOf = (slot: number, other: LyingMatch, truth: LyingMatch) => {
    const without = truth.shown[slot].confirmed;
    const { confirmed } = other.shown[slot];
    const last = confirmed.length - 1;
    const expected = without[last] - without[from];
    return { expected, lost: without[last] - confirmed[last] };
  };
  const isBelow = (slot: number) => {
    const { expected, lost } = lossOf(slot, lied, truth);
    return lost > LOST_MAX * expected + 1;
  };
  const isShut = (slot: number) => lied.shown[slot].absentMs > RETURN_MS;
  if (!lied.honest.some((slot) => isBelow(slot) || isShut(slot))) return [];
  const silent = silenceOf(match);
  const mute = new LyingMatch(silent, "mute");
  mute.play();
  const least = match.packets === Infinity ? 1 : 0;
  const times = lied.asks + Math.max(least, lied.drops);
  const lacking = lied.honest.filter((slot) => {
    const { lost, expected } = lossOf(slot, lied, truth);
    const patience = lossOf(slot, mute, truthOf(silent)).lost + LOST_TICKS;
    const mayLose = LOST_MAX * expected + times * patience +
      (isChanging(match) ? ANEW_TICKS : 0);
    return isBelow(slot) && lost > mayLose;
  });
  const shutOut = lied.honest.filter((slot) =>
    isShut(slot) &&
    lied.shown[slot].absentMs > RETURN_MS + mute.shown[slot].absentMs
  );
  const isHarmed = lacking.length > 0 || shutOut.length > 0;
  if (!isHarmed || !hasMajority(match) && hasSettled(lied)) return [];
  return [
    ...(lacking.length > 0 ? ["waits: an honest one lacks ticks"] : []),
    ...(shutOut.length > 0 ? ["shut out: an honest one"] : []),
  ];
}

/** The match in which a liar's silence costs what it costs: one that was away itself has come back. */
function silenceOf(match: LiedMatch): LiedMatch {
  return isAway(match) && !isChanging(match)
    ? { ...match, phase: "play" }
    : match;
}

/** Whether somebody honest is out, too. */
function isChanging(match: LiedMatch): boolean {
  return isAway(match) && match.victim !== match.liar;
}

/** Whether somebody is. */
function isAway({ phase }: LiedMatch): boolean {
  return phase === "attempt" || phase === "returning";
}

/** Whether the honest ones who are there are more than half of the match. */
function hasMajority(match: LiedMatch): boolean {
  const { players } = match;
  return 2 * (players - (isChanging(match) ? 2 : 1)) > players;
}

/** Whether in the end each honest one plays again, or the match has ended for it. */
function hasSettled(lied: LyingMatch): boolean {
  const { match, honest } = lied;
  const ticksOf = () =>
    honest.map((slot) => match.hosts[slot].session?.play?.confirmedTick ?? 0);
  const isOver = () =>
    honest.every((slot) => match.hosts[slot].session?.outcome);
  // Who asks to be taken back ends once it hears nobody any more.
  lied.playOn(2 * END_MS, isOver);
  const before = ticksOf();
  lied.playOn(1000);
  const after = ticksOf();
  return honest.every((slot, at) => {
    const { outcome } = match.hosts[slot].session ?? {};
    if (!outcome) return after[at] > before[at] + 30;
    const { winner, reason } = outcome;
    return winner === null || reason === "finished" || honest.includes(winner);
  });
}

/** Nobody else ends a match of three; one winner among the honest, and no other for the watcher. */
function judgeEnds(
  options: LiedMatch,
  lied: LyingMatch,
): string[] {
  const { honest, match, watching } = lied;
  const { phase } = options;
  const found: string[] = [];
  const { hosts } = match;
  const isOver = () => honest.every((slot) => hosts[slot].session?.outcome);
  if (phase === "over") lied.playOn(END_MS, isOver);
  const outcomes = honest.map((slot) => hosts[slot].session?.outcome);
  const winners = new Set(outcomes.map((outcome) => outcome?.winner ?? null));
  winners.delete(null);
  if (winners.size > 1) found.push("two winners: among the honest");
  const reasons = outcomes.map((outcome) => outcome?.reason ?? "plays");
  const expected = phase === "over" ? "finished" : "plays";
  const isEnded = reasons.some((reason) => reason !== expected);
  if (hasMajority(options) && isEnded) {
    found.push(`ended: ${[...new Set(reasons)].toSorted().join(" and ")}`);
  }
  const { winner, reason } = watching?.outcome ?? {};
  if (winner === undefined) return found;
  if (winner !== null && !winners.has(winner)) {
    found.push(`watcher: told a winner (${reason})`);
  } else if (winner === null && hasMajority(options)) {
    found.push(`watcher: told an end (${reason})`);
  }
  return found;
}

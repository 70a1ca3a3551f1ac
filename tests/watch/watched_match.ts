/**
 * A match in virtual time that somebody watches: real sessions over a simulated network, and an ear
 * of its own for the watcher, so that what it hears changes nothing among the members.
 *
 * @module
 */
import { botInput, createBot } from "../../game/bot.ts";
import type { Rules } from "../../game/court.ts";
import type { Game } from "../../game/rollback.ts";
import { hashState } from "../../game/state.ts";
import type { TickHash } from "../../net/match/hash_watch.ts";
import type { Received } from "../../net/match/transport.ts";
import type { PlayerState } from "../../net/page/protocol.ts";
import { SimulatedNetwork } from "../../net/simulation/simulated.ts";
import {
  isPlaying,
  type PlayingHost,
  VirtualMatch,
} from "../../net/simulation/virtual_match.ts";
import { type LinkFaults, NO_FAULTS } from "../../net/transport/link_faults.ts";
import { Watching } from "../../net/watch/watching.ts";
import { createRandom, SYSTEM } from "../support/simulation.ts";

const STEP_MS = 2;
/** The slot under which the ear listens; no member has it. */
const EAR = 9;
const FAULTS: LinkFaults = { ...NO_FAULTS, delayMs: 30 };
const EAR_FAULTS: LinkFaults = { ...NO_FAULTS, delayMs: 50, jitterMs: 10 };

export interface WatchedOptions {
  readonly seed: number;
  readonly rules: Rules;
  /** Among the members. */
  readonly faults?: LinkFaults;
  readonly isCut?: (from: number, to: number, nowMs: number) => boolean;
  readonly createGame?: (slot: number, rules: Rules, seed: number) => Game;
  /** From when on a member's process is no more. */
  readonly killedMs?: (slot: number) => number;
  /** When a member leaves. */
  readonly leavesMs?: (slot: number) => number;
  /** When somebody begins to watch; nobody does, if not given. */
  readonly watchMs?: number;
  readonly earFaults?: LinkFaults;
  /** Whether the watcher hears nothing at this moment. */
  readonly isDeaf?: (nowMs: number) => boolean;
  /** What the ear hears instead of a packet. */
  readonly tamper?: (packet: Uint8Array, slot: number) => Uint8Array;
  readonly untilMs: number;
}

/** A member of the match, and what it confirmed: the hash of each state by tick. */
export interface WatchedMember extends PlayingHost {
  readonly hashes: (number | undefined)[];
  bytesMax: number;
}

/** What the watcher showed: one for each moment at which another tick was shown. */
export interface Shown {
  readonly atMs: number;
  readonly tick: number;
  readonly hash: number;
}

export interface WatchedResult {
  readonly members: readonly WatchedMember[];
  readonly watching: Watching | undefined;
  readonly shown: readonly Shown[];
  readonly phases: readonly string[];
  /** By slot: the link states that the watcher saw, in their order. */
  readonly links: readonly (readonly PlayerState[])[];
  /** The watcher's log, at the end. */
  readonly logged: readonly TickHash[];
}

/** Plays the match until everybody is done, or `untilMs`. */
export function playWatched(options: WatchedOptions): WatchedResult {
  const { seed, rules, untilMs, watchMs = Infinity, createGame } = options;
  const { isCut, isDeaf, tamper, killedMs, leavesMs } = options;
  const { faults = FAULTS, earFaults = EAR_FAULTS } = options;
  const ear = new SimulatedNetwork({
    random: createRandom(seed + 1),
    faults: () => earFaults,
    isCut: (_from, _to, nowMs) => isDeaf?.(nowMs) ?? false,
  });
  const members: WatchedMember[] = [];
  const bots = Array.from(
    { length: rules.players },
    (_, slot) => createBot({ slot, skill: "easy", seed: seed * 4 + slot }),
  );
  const match = new VirtualMatch({
    ...SYSTEM,
    ...{ rules, random: createRandom(seed) },
    network: { faults: () => faults, ...(isCut && { isCut }) },
    session: (slot) => ({
      ...(createGame && { createGame: (...game) => createGame(slot, ...game) }),
    }),
    hooks: {
      onBegin: (host) =>
        members[host.slot] = Object.assign(host, { hashes: [], bytesMax: 0 }),
      onTime({ session }) {
        if (session) session.watchers = match.nowMs >= watchMs ? 1 : 0;
      },
      input: ({ slot, session: { play } }) =>
        play ? botInput(bots[slot], play.state) : 0,
      onEvent({ slot }, event) {
        if (event.kind !== "returned") return;
        const { hashes } = members[slot];
        hashes.length = Math.min(hashes.length, event.keptTick + 1);
      },
      onSend({ slot }, packet) {
        const member = members[slot];
        ear.broadcast({ slot, epoch: 0 }, tamper?.(packet, slot) ?? packet);
        member.bytesMax = Math.max(member.bytesMax, packet.length);
      },
      onTurn: ({ slot }) => takeDown(members[slot]),
    },
  });
  const watcher = createWatcher(rules);
  let earLink: ReturnType<typeof ear.open> | undefined;
  const isOver = () => match.hosts.every(({ dueMs }) => dueMs === Infinity);

  for (let nowMs = 0; nowMs < untilMs && !isOver(); nowMs += STEP_MS) {
    ear.nowMs = nowMs;
    if (nowMs >= watchMs) earLink ??= ear.open({ slot: EAR, epoch: 0 });
    for (const host of match.hosts.filter(isPlaying)) {
      if (nowMs >= (killedMs?.(host.slot) ?? Infinity)) match.kill(host);
      else if (nowMs >= (leavesMs?.(host.slot) ?? Infinity)) {
        host.session.leave(nowMs);
      }
    }
    match.play(nowMs);
    if (earLink) watcher.look(nowMs, earLink.receive());
  }
  const { watching, ...seen } = watcher;
  return { members, watching, ...seen, logged: watching.log.hashes() };
}

function takeDown({ session: { play }, hashes }: WatchedMember): void {
  for (let tick = play?.confirmedTick ?? -1; tick >= 0; tick--) {
    const hash = play?.hashAt(tick);
    if (hash === undefined || hashes[tick] === hash) return;
    hashes[tick] = hash;
  }
}

function createWatcher(rules: Rules) {
  const epochs = Array.from({ length: rules.players }, () => 0);
  const watching = new Watching({ rules, epochs, nowMs: 0 });
  const shown: Shown[] = [];
  const phases: string[] = [];
  const links: PlayerState[][] = epochs.map(() => []);
  const look = (nowMs: number, arrived: readonly Received[]) => {
    for (const received of arrived) watching.receive(received);
    if (nowMs < watching.nextTickMs) return;
    watching.advance(nowMs);
    const { tick, state, phase } = watching;
    if (phases.at(-1) !== phase) phases.push(phase);
    for (const [slot, states] of links.entries()) {
      const state = watching.linkStateOf(slot);
      if (states.at(-1) !== state) states.push(state);
    }
    if (tick === undefined || !state || tick === shown.at(-1)?.tick) return;
    shown.push({ atMs: nowMs, tick, hash: hashState(state) });
  };
  return { watching, shown, phases, links, look };
}

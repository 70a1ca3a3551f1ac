/**
 * A member that lies for good, by one strategy: it plays as all others do, and what it sends is
 * changed on its way out.
 *
 * @module
 */
import type { Play } from "../../net/match/play.ts";
import { withProof } from "../../net/match/proofs.ts";
import { PAYLOAD_BYTES_MAX } from "../../net/match/transport.ts";
import { keyOf, type SlotRecord } from "../../net/match/wire/record.ts";
import { has } from "../../net/match/wire/slot_set.ts";
import {
  decode,
  encode,
  type PacketOrigin,
  type PlayPacket,
} from "../../net/match/wire/wire.ts";
import type { PlayingHost } from "../../net/simulation/virtual_match.ts";
import { createVirtualProofs } from "../../net/simulation/virtual_proofs.ts";
import { SYSTEM } from "./simulation.ts";
import { TwoFaced } from "./two_faced.ts";

export const STRATEGIES = [
  "equivocate",
  "withhold inputs",
  "withhold acknowledgements",
  "withhold others",
  "forge records",
  "forge inputs",
  "accuse",
  "over-claim",
  "wrong hashes",
  "replay",
] as const;

/** By these the honest may come to hold different states. */
export const SPLITTING: ReadonlySet<string> = new Set(
  [
    "equivocate",
    "forge inputs",
  ] satisfies readonly (typeof STRATEGIES[number])[],
);

/** Who lies, how, from when on, and to whom: others hear the truth. */
export interface LyingPlan {
  readonly slot: number;
  readonly strategy: typeof STRATEGIES[number];
  readonly fromMs: number;
  readonly to: number;
}

const CLAIM_EVERY_MS = 300;
/** A number of an attempt lasts so long. */
const ATTEMPT_MS = 400;
const KEPT_MAX = 300;

/** The lies of one member; forged fields are drawn once. */
export class LyingMember {
  readonly plan: LyingPlan;
  /** The witness granted that it is alone, while all others play. */
  hasOverclaimed = false;
  readonly #players: number;
  readonly #random: () => number;
  readonly #faces = new TwoFaced();
  readonly #forged: Partial<SlotRecord>;
  readonly #victims: number;
  readonly #old: Uint8Array[] = [];
  #frozen: SlotRecord | undefined;
  #claimedMs = 0;

  constructor(plan: LyingPlan, players: number, random: () => number) {
    this.plan = plan;
    this.#players = players;
    this.#random = random;
    const below = (bound: number) => Math.floor(random() * bound);
    this.#victims = 1 + below((1 << players) - 1);
    const forgeries: readonly Partial<SlotRecord>[] = [
      { farewell: "left" },
      { farewell: "desync" },
      { hears: 0 },
      { isReturning: true, era: 0, members: 0, confirmed: 0, tick: 0 },
      { hash: 7 },
      { have: Array.from({ length: players }, () => -1) },
    ];
    this.#forged = forgeries[below(forgeries.length)];
  }

  /** Returns what is sent instead of a turn's packets. */
  say(
    packets: readonly Uint8Array[],
    host: PlayingHost,
    nowMs: number,
  ): readonly Uint8Array[] {
    const { fromMs, to, slot } = this.plan;
    for (const packet of packets) {
      const truth = decode(packet, { slot, players: this.#players });
      if (nowMs < fromMs || truth?.kind !== "play") {
        this.#faces.say(packet, () => true);
        continue;
      }
      if (this.plan.strategy === "over-claim") this.#claim(host, nowMs);
      const lie = this.lie(truth, host.session.play, nowMs);
      const proofs = createVirtualProofs(slot, SYSTEM.sha256);
      const record = withProof(lie.record, this.#players, proofs);
      const said = { ...lie, record };
      const lied = encode(
        said,
        this.#origin,
        new Uint8Array(PAYLOAD_BYTES_MAX),
      );
      this.#faces.say(lied, (slot) => has(to, slot));
      this.#faces.say(packet, (slot) => !has(to, slot));
      if (this.plan.strategy === "replay") this.#replay(packet);
    }
    return this.#faces.take();
  }

  isUnheard(slot: number): boolean {
    return this.#faces.isUnheard(slot);
  }

  onSend(): void {
    this.#faces.next();
  }

  get #origin(): PacketOrigin {
    return { slot: this.plan.slot, players: this.#players };
  }

  /** Returns what it says instead of a packet. */
  lie(packet: PlayPacket, play: Play | undefined, nowMs: number): PlayPacket {
    const { slot, strategy } = this.plan;
    const { record, runs, relayed } = packet;
    const isOwn = (run: { slot: number }) => run.slot === slot;
    switch (strategy) {
      case "equivocate": {
        const lied = runs.map((run) =>
          isOwn(run) ? { ...run, inputs: run.inputs.map(() => 77) } : run
        );
        return { ...packet, runs: lied };
      }
      case "withhold inputs":
        return { ...packet, runs: runs.filter((run) => !isOwn(run)) };
      case "withhold acknowledgements": {
        const { confirmed, tick, hash, have } = this.#frozen ??= record;
        return {
          ...packet,
          record: { ...record, confirmed, tick, hash, have },
          runs: runs.filter(({ start }) => start - confirmed < 127),
        };
      }
      case "withhold others":
        return { ...packet, relayed: [], runs: runs.filter(isOwn) };
      case "forge records":
        return { ...packet, relayed: this.#forge(play, record) };
      case "forge inputs": {
        const others = relayed.map(({ slot }) => (
          { slot, start: record.confirmed, inputs: [1, 2, 3, 4, 5, 6, 7, 8] }
        ));
        return { ...packet, runs: [...others, ...runs] };
      }
      case "accuse": {
        const n = 1 + Math.floor(nowMs / ATTEMPT_MS);
        const drop = this.#victims & record.members & ~(1 << slot);
        const cut = record.have.map((tick, s) => has(drop, s) ? tick : -1);
        const aim = { n, drop, join: undefined };
        const presences = play?.presences;
        if (!presences) return packet;
        const change = {
          presences,
          attemptNumber: n,
          attempt: { ...aim, high: record.have, cut: undefined },
          agreed: { ...aim, cut, at: 0 },
        };
        return { ...packet, record: { ...record, change } };
      }
      case "wrong hashes":
        return { ...packet, record: { ...record, hash: record.hash ^ 1 } };
      case "over-claim":
      case "replay":
        return packet;
    }
  }

  /** Others' records as if they were newer, and said something else. */
  #forge(play: Play | undefined, own: SlotRecord): SlotRecord[] {
    return (play?.records ?? []).flatMap((record) =>
      record === undefined || record.slot === own.slot ? [] : [{
        ...record,
        beat: (record.beat + 3) & 0xffff,
        sentAt: (record.sentAt + 200) & 0xffffff,
        ...this.#forged,
      }]
    );
  }

  #claim({ seat, session, epoch }: PlayingHost, nowMs: number): void {
    const { play } = session;
    if (!play || nowMs - this.#claimedMs < CLAIM_EVERY_MS) return;
    this.#claimedMs = nowMs;
    const { slot } = this.plan;
    const drop = play.members & ~(1 << slot);
    const cut = play.presences.map((_, s) => has(drop, s) ? 0 : -1);
    const value = keyOf({ n: 1, drop, join: undefined, cut, at: 0 });
    session.answerClaim = (_, { isGranted }) => {
      if (isGranted) this.hasOverclaimed = true;
    };
    seat.claim({ era: play.era + 1, value, seats: [[slot, epoch]] }, nowMs);
  }

  #replay(packet: Uint8Array): void {
    this.#old.push(packet.slice());
    if (this.#old.length > KEPT_MAX) this.#old.shift();
    const old = this.#old[Math.floor(this.#random() * this.#old.length)];
    this.#faces.say(old, (slot) => has(this.plan.to, slot));
  }
}

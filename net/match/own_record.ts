/**
 * What a member of a match in play says: its own record, others' records that it passes on, and
 * inputs that somebody lacks.
 *
 * @module
 */
import type { Rollback } from "../../game/rollback.ts";
import type { InputRuns } from "./input_runs.ts";
import type { PeerLiveness } from "./membership/liveness.ts";
import type { Membership } from "./membership/membership.ts";
import type { Said } from "./outbox.ts";
import { type Proofs, withProof } from "./proofs.ts";
import type { Incarnation, RecordChange, SlotRecord } from "./wire/record.ts";
import { has } from "./wire/slot_set.ts";
import type { PlayPacket, SnapshotPacket } from "./wire/wire.ts";

/** Who speaks, and of what; all but the numbers is owned by `Play` and changes under this. */
export interface Speaker {
  readonly slot: number;
  readonly players: number;
  /** Own incarnation. */
  readonly epoch: number;
  readonly rollback: Rollback;
  readonly membership: Membership;
  readonly liveness: PeerLiveness;
  readonly runs: InputRuns;
  readonly proofs: Proofs | undefined;
  /** By slot: what is newest of each other member, where something has come. */
  readonly newest: readonly (SlotRecord | undefined)[];
  /** By slot: highest tick up to which all inputs are known, as of the last `settle`. */
  readonly have: readonly number[];
}

const NOTHING: readonly SlotRecord[] = [];

/** One member's words; what is returned is to be encoded before anything else happens. */
export class OwnRecord {
  readonly #speaker: Speaker;

  constructor(speaker: Speaker) {
    this.#speaker = speaker;
  }

  /** Returns the packet that says all that `peers`, by their newest records, may need. */
  packet(
    said: Said,
    peers: readonly SlotRecord[],
    hasEnded: boolean,
  ): PlayPacket {
    const { membership, runs } = this.#speaker;
    // Once it has ended, for the proof: no member can hide from one what it tells the others.
    const mustTell = hasEnded || this.#mustTellChange();
    const change = mustTell ? this.#change() : undefined;
    return {
      kind: "play",
      record: this.#proved(this.#now(said, change)),
      echoes: said.echoes,
      relayed: this.#relayed(),
      runs: runs.next(peers, membership.standing.presences),
    };
  }

  /** Returns a packet with a confirmed state, for a player that came back or for watchers. */
  snapshot(said: Said, to: Incarnation, tick: number): SnapshotPacket {
    const { rollback } = this.#speaker;
    // The change even while there is none: watchers have to learn the presences.
    const record = this.#now(said, this.#change());
    return {
      kind: "snapshot",
      record: { ...record, confirmed: tick, hash: rollback.hashAt(tick) ?? 0 },
      echoes: said.echoes,
      to,
      state: rollback.stateAt(tick),
    };
  }

  #proved(record: SlotRecord): SlotRecord {
    return withProof(record, this.#speaker.players, this.#speaker.proofs);
  }

  #now(
    { beat, sentAt, farewell }: Said,
    change: RecordChange | undefined,
  ): SlotRecord {
    const { slot, epoch, rollback, membership, liveness, have } = this.#speaker;
    const { era, members } = membership.standing;
    return {
      slot,
      epoch,
      beat,
      sentAt,
      era,
      members,
      hears: liveness.heard,
      suspects: membership.suspected & members,
      farewell,
      isReturning: false,
      confirmed: rollback.confirmedTick,
      tick: rollback.tick,
      hash: rollback.hashAt(rollback.confirmedTick) ?? 0,
      have,
      change,
      proof: undefined,
    };
  }

  #change(): RecordChange {
    const { presences, attemptNumber, attempt, agreed } =
      this.#speaker.membership.standing;
    return { presences, attemptNumber, attempt, agreed };
  }

  /** While the members change, or somebody who can be heard may have missed that they did. */
  #mustTellChange(): boolean {
    const { membership, liveness, newest } = this.#speaker;
    const { attemptNumber, era } = membership.standing;
    if (attemptNumber > 0) return true;
    const spoke = liveness.heard;
    for (const record of newest) {
      const isBehind = record && has(spoke, record.slot) &&
        (record.era < era || record.isReturning);
      if (isBehind) return true;
    }
    return false;
  }

  /** With two players there is no third whose record could be passed on. */
  #relayed(): readonly SlotRecord[] {
    const { players, liveness, newest } = this.#speaker;
    if (players === 2) return NOTHING;
    const spoke = liveness.heard;
    const relayed: SlotRecord[] = [];
    for (const record of newest) {
      if (record && has(spoke, record.slot)) relayed.push(record);
    }
    return relayed;
  }
}

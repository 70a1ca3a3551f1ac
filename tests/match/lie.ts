/**
 * One lie of a member: its packets are read with the product's own wire code, changed, and written
 * again. Which fields become what follows from the lie's seed alone.
 *
 * A lie may first add what the packet doesn't have: a change of the members, an attempt, another's
 * record or inputs, a snapshot. Where the wire code can't write what is said, bytes are changed.
 *
 * @module
 */
import type { Play } from "../../net/match/play.ts";
import { withProof } from "../../net/match/proofs.ts";
import { PAYLOAD_BYTES_MAX } from "../../net/match/transport.ts";
import type { RecordChange, SlotRecord } from "../../net/match/wire/record.ts";
import { has } from "../../net/match/wire/slot_set.ts";
import {
  decode,
  encode,
  type HelloPacket,
  type Packet,
  type PacketOrigin,
  type PlayPacket,
  type SnapshotPacket,
} from "../../net/match/wire/wire.ts";
import { createVirtualProofs } from "../../net/simulation/virtual_proofs.ts";
import { createRandom, SYSTEM } from "../support/simulation.ts";
import { lieAbout } from "../support/lied_value.ts";
import { createStandIn } from "./stand_in.ts";

/** What a drawn lie adds to a packet before it changes fields; "other state" is for tests. */
const PARTS = [
  ...["change", "attempt", "agreed", "commit", "passed on"],
  ...["inputs", "snapshot", "start"],
] as const;

/** Everything that a seed decides about a lie; what it is told about is known once it was told. */
export interface Lie {
  readonly seed: number;
  readonly parts: readonly string[];
  /** How many fields it changes; in `isRaw` bytes, whatever they mean. */
  readonly fields: number;
  readonly isRaw: boolean;
}

/** Draws a lie; most change one or two fields, some of what they have added themselves. */
export function drawLie(random: () => number): Lie {
  const parts = PARTS.filter(() => random() < 0.15);
  return {
    seed: Math.floor(random() * 2 ** 31),
    parts,
    fields: parts.length > 0 && random() < 0.3 ? 0 : random() < 0.5 ? 1 : 2,
    isRaw: random() < 0.1,
  };
}

/** Tells one lie, in as many packets as it is asked for: the same fields in each. */
export class Liar {
  readonly #lie: Lie;
  readonly #origin: PacketOrigin;
  /** The fields that it changes, as they are called in a packet. */
  readonly #paths: (readonly string[])[] = [];

  constructor(lie: Lie, origin: PacketOrigin) {
    this.#lie = lie;
    this.#origin = origin;
  }

  /** The fields that it has changed, by their names, and what it has added. */
  get told(): string {
    const fields = this.#paths.map((path) => path.join("."));
    return [...this.#lie.parts.map((part) => `+${part}`), ...fields].join(" ");
  }

  /** Returns a packet of the member as it is changed by the lie; the caller's own copy. */
  tell(truth: Uint8Array, play: Play | undefined): Uint8Array {
    const { seed, parts, fields, isRaw } = this.#lie;
    const random = createRandom(seed);
    const packet = decode(truth, this.#origin);
    if (!packet) throw new TypeError("A member's own packet can't be read");
    let lied: Packet = packet;
    for (const part of parts) lied = this.#add(part, lied, play, random);
    for (let i = 0; i < fields && !isRaw; i++) {
      const path = this.#paths[i] ??= drawPath(lied, random);
      // In each packet the same value, wherever the path came from.
      lieAbout(lied, path, createRandom(seed + i));
    }
    const bytes = write(lied, this.#origin) ?? truth.slice();
    for (let i = 0; i < fields && isRaw; i++) {
      const at = Math.floor(random() * bytes.length);
      this.#paths[i] = [`byte ${at}`];
      bytes[at] = [0, 1, 127, 128, 254, 255][Math.floor(random() * 6)];
    }
    return bytes;
  }

  #add(
    part: string,
    packet: Packet,
    play: Play | undefined,
    random: () => number,
  ): Packet {
    if (packet.kind === "hello") {
      return part === "start" ? addStart(packet, random) : packet;
    }
    if (!play) return packet;
    const { players, slot } = this.#origin;
    const one = Math.floor(random() * players);
    switch (part) {
      case "passed on":
        return addPassedOn(packet, play, slot);
      case "inputs": {
        if (packet.kind !== "play") return packet;
        const inputs = [1, 99, 99, -5];
        const start = Math.max(0, packet.record.confirmed);
        return {
          ...packet,
          runs: [...packet.runs, { slot: one, start, inputs }],
        };
      }
      case "snapshot": {
        const { record, echoes } = packet;
        const epoch = play.records[one]?.epoch ?? 0;
        const to = random() < 0.5
          ? { slot: 255, epoch: 0 }
          : { slot: one, epoch };
        const state = play.confirmedState.slice();
        return { kind: "snapshot", record, echoes, to, state };
      }
      case "other state":
        return otherState(packet, play);
      default: {
        const record = changed(part, packet.record, play, random);
        return { ...packet, record };
      }
    }
  }
}

/** Gives whoever comes back a state that nobody holds, with the hash that goes with it. */
function otherState(
  packet: PlayPacket | SnapshotPacket,
  play: Play,
): PlayPacket | SnapshotPacket {
  const [to] = play.returned();
  if (!to) return packet;
  const state = play.confirmedState.map((field, i) => field ^ Number(i === 1));
  const hash = createStandIn(play.records.length, 0, Infinity).hash(state);
  const record = { ...packet.record, confirmed: play.confirmedTick, hash };
  return { kind: "snapshot", record, echoes: packet.echoes, to, state };
}

function addStart(hello: HelloPacket, random: () => number): HelloPacket {
  const laterMs = [0, 500, 4000, 60_000, 34 * 60_000];
  const ms = laterMs[Math.floor(random() * laterMs.length)];
  return { ...hello, startAt: (hello.sentAt + ms * 4) % 2 ** 24 };
}

/** Adds what the member knows of all others, as if it were newer, with its own change. */
function addPassedOn<P extends PlayPacket | SnapshotPacket>(
  packet: P,
  play: Play,
  slot: number,
): P {
  const { change, era, members } = packet.record;
  const relayed = play.records.filter((record) => record !== undefined)
    .filter((record) => record.slot !== slot)
    .map((record) => ({ ...record, beat: (record.beat + 5) & 0xffff }))
    .map((record) => change ? { ...record, change, era, members } : record);
  return { ...packet, relayed: structuredClone(relayed) };
}

/** Returns a record that shows a change of the members which nobody else knows of. */
function changed(
  part: string,
  record: SlotRecord,
  play: Play,
  random: () => number,
): SlotRecord {
  const players = record.have.length;
  const drop = Math.floor(random() * (1 << players));
  const joining = Math.floor(random() * players * 2);
  const join = joining < players
    ? { slot: joining, epoch: Math.floor(random() * 4) }
    : undefined;
  const before: RecordChange = record.change ?? {
    presences: structuredClone(play.presences),
    attemptNumber: 0,
    attempt: undefined,
    agreed: undefined,
  };
  const further = [1, 1, 2, 50, 0x7ffffff0][Math.floor(random() * 5)];
  const n = before.attempt?.n ?? before.attemptNumber + further;
  const aim = { n, drop, join };
  const high = record.have.slice();
  switch (part) {
    case "attempt":
      return {
        ...record,
        change: {
          ...before,
          attemptNumber: n,
          attempt: { ...aim, high, cut: undefined },
        },
      };
    case "agreed": {
      const cut = high.map((tick, slot) => has(drop, slot) ? tick : -1);
      const at = join ? record.tick + 30 : 0;
      return { ...record, change: { ...before, agreed: { ...aim, cut, at } } };
    }
    case "commit": {
      const era = record.era + 1;
      const members = record.members & ~drop;
      const presences = before.presences.map((presence, slot) =>
        has(drop, slot)
          ? presence.map((segment) => ({ ...segment, to: high[slot] }))
          : presence
      );
      return { ...record, era, members, change: { ...before, presences } };
    }
    default:
      return { ...record, change: before };
  }
}

/** Fields that are drawn so many times as often as others: what members believe each other by. */
const WEIGHTS: Readonly<Record<string, number>> = {
  ...{ record: 8, relayed: 8, change: 6, attempt: 3, agreed: 3 },
  ...{ era: 2, members: 2, epoch: 2, farewell: 2, confirmed: 2 },
};

/** Walks down to a field, or stops at one that has fields of its own. */
function drawPath(packet: Packet, random: () => number): readonly string[] {
  const path: string[] = [];
  let at: unknown = packet;
  while (typeof at === "object" && at !== null) {
    if (path.length > 1 && random() < 0.05) break;
    const keys = Object.entries(at)
      .filter(([key, value]) => key !== "kind" && value !== undefined)
      .flatMap(([key]) => Array(WEIGHTS[key] ?? 1).fill(key));
    if (keys.length === 0) break;
    const key: string = keys[Math.floor(random() * keys.length)];
    path.push(key);
    at = Reflect.get(at, key);
  }
  return path;
}

/** A liar signs what it says of itself; what another has signed it can only repeat. */
function signed<P extends PlayPacket | SnapshotPacket>(
  packet: P,
  { slot, players }: PacketOrigin,
): P {
  const proofs = createVirtualProofs(slot, SYSTEM.sha256);
  return { ...packet, record: withProof(packet.record, players, proofs) };
}

/** `undefined` where the wire code can't write it. */
function write(packet: Packet, origin: PacketOrigin): Uint8Array | undefined {
  try {
    const said = packet.kind === "hello" ? packet : signed(packet, origin);
    return encode(said, origin, new Uint8Array(PAYLOAD_BYTES_MAX));
  } catch {
    return undefined;
  }
}

/**
 * Somebody who may use the broker but is no member of a match: reads everything, and sends what the
 * members might take for each other's packets.
 *
 * @module
 */
import { connect } from "amqplib";
import { Buffer } from "node:buffer";
import { EXCHANGE } from "../../net/lobby/protocol.ts";
import {
  PACKET_BYTES_MAX,
  SIGNATURE_BYTES,
} from "../../net/match/transport.ts";
import {
  decode,
  encode,
  type InputRun,
  RUN_INPUTS_MAX,
} from "../../net/match/wire/wire.ts";

/** A message as the broker had it. */
export interface Overheard {
  readonly key: string;
  readonly content: Uint8Array;
}

/** How many of each kind were sent. */
export interface Sent {
  garbage: number;
  forged: number;
  replayed: number;
  foreign: number;
}

/** A match of two under attack. */
export interface Target {
  readonly match: string;
  /** By slot; all in their first epoch. */
  readonly players: readonly { readonly id: string }[];
  readonly isSigned: boolean;
  /** Messages of another match. */
  readonly others: readonly Overheard[];
  readonly isOver: () => boolean;
}

export interface Forger extends AsyncDisposable {
  /** What has been published so far by others than this one, oldest first. */
  readonly heard: readonly Overheard[];
  /** Attacks a match, some hundred times a second, until it is over. */
  attack(target: Target): Promise<Sent>;
}

/** Marks the forger's own messages, for itself alone. */
const OWN = "forger";

const ROUND_MS = 10;

/** How far ahead of the truth forged inputs go, in ticks. */
const AHEAD_TICKS = 8;

const GARBAGE_SIZES = [0, 1, 30, SIGNATURE_BYTES, 130, 1200, 1201, 5000];

/** Connects; `url` has the user's rights and the virtual host. */
export async function connectForger(url: string): Promise<Forger> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue("", { exclusive: true });
  await channel.bindQueue(queue, EXCHANGE, "#");
  const heard: Overheard[] = [];
  await channel.consume(queue, (message) => {
    if (message === null || message.properties.appId === OWN) return;
    const content = Uint8Array.from(message.content);
    heard.push({ key: message.fields.routingKey, content });
  }, { noAck: true });
  const publish = (key: string, content: Uint8Array) => {
    channel.publish(EXCHANGE, key, Buffer.from(content), { appId: OWN });
    return 1;
  };

  return {
    heard,
    async attack({ match, players, isSigned, others, isOver }) {
      const sent: Sent = { garbage: 0, forged: 0, replayed: 0, foreign: 0 };
      for (let round = 0; !isOver(); round++) {
        const slot = round % players.length;
        const prefix = `${match}.${players[slot].id}.`;
        const key = `${prefix}0`;
        const size = GARBAGE_SIZES[round % GARBAGE_SIZES.length];
        const garbage = new Uint8Array(size).map((_, i) => i * round);
        sent.garbage += publish(key, garbage);

        const newest = heard.findLast((message) => message.key === key);
        const forged = newest && forge(newest.content, { slot, isSigned });
        if (forged) {
          for (const epoch of [0, 1, 255]) {
            sent.forged += publish(`${prefix}${epoch}`, forged);
          }
        }
        const spread = round * 7919;
        const here = heard.filter(({ key }) => key.startsWith(`${match}.`));
        const old = here[spread % here.length];
        if (old) sent.replayed += publish(old.key, old.content);
        const other = others[spread % others.length];
        if (other) sent.foreign += publish(key, other.content);
        await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
      }
      return sent;
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

/** Adds inputs that never were to a packet, and keeps its signature; `undefined` if it isn't one of play. */
function forge(
  bytes: Uint8Array,
  { slot, isSigned }: { readonly slot: number; readonly isSigned: boolean },
): Uint8Array | undefined {
  const end = bytes.length - (isSigned ? SIGNATURE_BYTES : 0);
  const frame = { slot, players: 2 };
  const packet = decode(bytes.subarray(0, end), frame);
  if (packet?.kind !== "play") return undefined;
  const runs = packet.runs.map((run): InputRun => {
    const last = run.inputs.at(-1) ?? 0;
    const lies = new Array<number>(AHEAD_TICKS).fill(last > 0 ? -100 : 100);
    const inputs = [...run.inputs, ...lies].slice(0, RUN_INPUTS_MAX);
    return { ...run, inputs };
  });
  const beat = (packet.record.beat + 1) & 0xffff;
  const lie = { ...packet, record: { ...packet.record, beat }, runs };
  const forged = encode(lie, frame, new Uint8Array(PACKET_BYTES_MAX));
  return Uint8Array.of(...forged, ...bytes.subarray(end));
}

/**
 * Signs what is sent over a transport and lets only what verifies come in.
 *
 *     packet (1 to 1136 bytes) │ signature (64 bytes)
 *
 * The signature covers more than the packet: a name for what is signed, the match, and the slot
 * and epoch of the sender. So nobody who can publish, not even the broker, can speak for a player,
 * and nothing from another match, slot or epoch counts. A packet may still be repeated or held
 * back; the session takes both for an ordinary fault of a network.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { type KeyObject, sign, verify } from "node:crypto";
import {
  type Listening,
  PACKET_BYTES_MAX,
  PAYLOAD_BYTES_MAX,
  type Received,
  requirePacket,
  type Sender,
  SIGNATURE_BYTES,
  type Transport,
} from "../match/transport.ts";

/** Keeps these signatures apart from any other use of the same keys, now or later. */
const DOMAIN = "pong packet 1";

/** Slot and epoch, in the signed bytes. */
const SENDER_BYTES = 1 + 4;

/** Whose packets may come in. */
export interface VerifiedOptions {
  readonly match: string;
  /** By slot; packets of a slot without a key are dropped. */
  readonly publicKeys: ReadonlyMap<number, KeyObject>;
}

/** Whose packets go out, and whose may come in. */
export interface SignedOptions extends VerifiedOptions, Sender {
  /** Of this player. */
  readonly privateKey: KeyObject;
}

/**
 * Makes a signing transport of `transport`, which it then owns. A packet may have no more than
 * `PAYLOAD_BYTES_MAX` bytes, and `rejected` counts what failed to verify, too.
 */
export function signed(
  transport: Transport,
  options: SignedOptions,
): Transport {
  const { match, slot, epoch, privateKey } = options;
  const covered = coverOf(match);
  const frame = new Uint8Array(PACKET_BYTES_MAX);
  const send = (packet: Uint8Array) => {
    requirePacket(packet, PAYLOAD_BYTES_MAX);
    const bytes = covered({ slot, epoch }, packet);
    frame.set(packet);
    frame.set(sign(null, bytes, privateKey), packet.length);
    transport.send(frame.subarray(0, packet.length + SIGNATURE_BYTES));
  };
  return Object.assign(verified(transport, options), { send });
}

/** The receiving half of `signed`, for a watcher: verifies, and owns `transport`. */
export function verified(
  transport: Listening,
  { match, publicKeys }: VerifiedOptions,
): Listening {
  const covered = coverOf(match);
  let rejected = 0;

  const open = ({ from, atMs, packet: bytes }: Received) => {
    const publicKey = publicKeys.get(from.slot);
    const length = bytes.length - SIGNATURE_BYTES;
    const packet = bytes.subarray(0, Math.max(0, length));
    const isGenuine = publicKey !== undefined && length > 0 &&
      verify(null, covered(from, packet), publicKey, bytes.subarray(length));
    if (!isGenuine) rejected++;
    return isGenuine ? [{ from, atMs, packet }] : [];
  };

  return {
    receive() {
      return transport.receive().flatMap(open);
    },
    get link() {
      return transport.link;
    },
    get rejected() {
      return transport.rejected + rejected;
    },
    closed: transport.closed,
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

/** Returns a function that builds the bytes under a signature; they last until its next call. */
function coverOf(match: string): (from: Sender, packet: Uint8Array) => Buffer {
  // Neither text holds a zero byte, so no two matches give the same head.
  const head = Buffer.from(`${DOMAIN}\0${match}\0`);
  const start = head.length + SENDER_BYTES;
  const bytes = Buffer.concat([head], start + PACKET_BYTES_MAX);
  return ({ slot, epoch }, packet) => {
    bytes.writeUInt8(slot, head.length);
    bytes.writeUInt32BE(epoch, head.length + 1);
    bytes.set(packet, start);
    return bytes.subarray(0, start + packet.length);
  };
}

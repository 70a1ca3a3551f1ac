/**
 * The interface through which a match sends and receives packets, whatever carries them.
 *
 * A session sends one packet a tick to everybody and polls what arrived. Packets may be lost,
 * repeated, reordered or late, never merged or cut; the session copes, so no adapter recovers lost
 * messages and each stays small. An adapter's `open…()` resolves to an open transport, and the
 * adapter reconnects by itself for as long as it isn't disposed.
 *
 * @module
 */

/** Largest packet that a transport must carry, in bytes: fits one UDP datagram on any path. */
export const PACKET_BYTES_MAX = 1200;

/** What `net/transport/signed.ts` adds to each packet, in bytes: one Ed25519 signature. */
export const SIGNATURE_BYTES = 64;

/** Largest packet of a session, in bytes: one that still fits any transport once it is signed. */
export const PAYLOAD_BYTES_MAX = PACKET_BYTES_MAX - SIGNATURE_BYTES;

/** Who sent a packet, as the transport knows it; never what the packet says. */
export interface Sender {
  readonly slot: number;
  /** The seat's epoch: it grows with every process that takes the seat. */
  readonly epoch: number;
}

/** One packet and its arrival, stamped on the monotonic clock (`performance.now()`). */
export interface Received {
  readonly from: Sender;
  readonly atMs: number;
  readonly packet: Uint8Array;
}

/** Why a transport ended: a value, for every match ends. */
export type CloseReason =
  | { readonly kind: "local" }
  /** `message` is a sentence for a person. */
  | { readonly kind: "failed"; readonly message: string };

/** Whether packets get through now: for page and logs, and so that a session blames no member. */
export interface LinkState {
  readonly up: boolean;
  /** What is wrong, in words for a person; empty while `up`. */
  readonly detail: string;
}

/** An open, best-effort broadcast link between the members of one match. */
export interface Transport extends AsyncDisposable {
  /**
   * Queues a copy of one packet for every other member. Never blocks; a no-op once closed.
   * Throws RangeError for a packet that is empty or larger than the adapter carries.
   */
  send(packet: Uint8Array): void;
  /** Returns what arrived since the last call, oldest first. The caller owns it. */
  receive(): readonly Received[];
  /** The link as it is now. */
  readonly link: LinkState;
  /** How much arrived so far that no member can have sent, and was dropped. */
  readonly rejected: number;
  /** Resolves once with why it ended; never rejects. */
  readonly closed: Promise<CloseReason>;
}

/** A watcher's transport: it only receives. */
export type Listening = Omit<Transport, "send">;

/** Throws RangeError for what a transport doesn't carry: a caller's mistake. */
export function requirePacket(
  packet: Uint8Array,
  bytesMax = PACKET_BYTES_MAX,
): void {
  if (packet.length === 0 || packet.length > bytesMax) {
    throw new RangeError(
      `A packet has 1 to ${bytesMax} bytes, not ${packet.length}`,
    );
  }
}

/**
 * Proofs for records that members pass on: Ed25519 signatures with the keys that the lobby handed
 * out, bound to the match and the slot.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { type KeyObject, sign, verify } from "node:crypto";
import type { Proofs } from "../match/proofs.ts";

/** Keeps these signatures apart from any other use of the same keys, as those of packets. */
const DOMAIN = "pong record 1";

/** Makes proofs for the member `slot`; records of a slot without a key are never proved. */
export function createProofs(
  { match, slot, privateKey, publicKeys }: {
    readonly match: string;
    readonly slot: number;
    readonly privateKey: KeyObject;
    /** By slot. */
    readonly publicKeys: ReadonlyMap<number, KeyObject>;
  },
): Proofs {
  // No text holds a zero byte, so no two matches give the same head.
  const covered = (of: number, bytes: Uint8Array) =>
    Buffer.concat([Buffer.from(`${DOMAIN}\0${match}\0${of}\0`), bytes]);
  return {
    sign: (bytes) => sign(null, covered(slot, bytes), privateKey),
    verify(of, bytes, proof) {
      const publicKey = publicKeys.get(of);
      return publicKey !== undefined &&
        verify(null, covered(of, bytes), publicKey, proof);
    },
  };
}

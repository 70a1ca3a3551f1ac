/**
 * Proofs in a simulation: as good as signatures to whoever doesn't know the others' keys, which are
 * their slots, and faster.
 *
 * @module
 */
import type { Proofs } from "../match/proofs.ts";
import { SIGNATURE_BYTES } from "../match/transport.ts";

/** Makes proofs for the member `slot`; `sha256` returns 32 bytes. */
export function createVirtualProofs(
  slot: number,
  sha256: (bytes: Uint8Array) => Uint8Array,
): Proofs {
  const proofOf = (of: number, bytes: Uint8Array) => {
    const keyed = new Uint8Array(bytes.length + 1);
    keyed[0] = of;
    keyed.set(bytes, 1);
    const proof = new Uint8Array(SIGNATURE_BYTES);
    proof.set(sha256(keyed));
    return proof;
  };
  return {
    sign: (bytes) => proofOf(slot, bytes),
    verify(of, bytes, proof) {
      const genuine = proofOf(of, bytes);
      return proof.every((byte, i) => byte === genuine[i]);
    },
  };
}

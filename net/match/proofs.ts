/**
 * Proofs: signatures by which a member's words count even where another member passes them on.
 *
 * @module
 */

import { needsProof, signedBytes, type SlotRecord } from "./wire/record.ts";

/** Signs for one member, and verifies for all; both are bound to the match and the slot. */
export interface Proofs {
  /** Returns 64 bytes for these of this member. */
  sign(bytes: Uint8Array): Uint8Array;
  /** Whether the member `slot` signed these bytes. Never throws. */
  verify(slot: number, bytes: Uint8Array, proof: Uint8Array): boolean;
}

/** Returns an own record with its proof, where it needs one and there is a key. */
export function withProof(
  record: SlotRecord,
  players: number,
  proofs: Proofs | undefined,
): SlotRecord {
  if (!proofs || !needsProof(record, players)) return record;
  return { ...record, proof: proofs.sign(signedBytes(record, players)) };
}

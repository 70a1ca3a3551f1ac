/**
 * SHA-256, to be handed to sessions, which import nothing of the system themselves.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** Returns the 32 bytes of the digest. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}

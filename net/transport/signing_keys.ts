/**
 * Keys with which a player signs its packets: Ed25519, made for one match.
 *
 * As text, either key is its 32 bytes in base64url, 43 characters: the public one for the lobby to
 * hand out, the private one (the seed of RFC 8032, from which all else follows) for the seat file.
 * Randomness comes from the caller.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

/** Random bytes that make a key pair. */
export const KEY_SEED_BYTES = 32;

/** What stands before the 32 bytes in the two DER formats of Ed25519 keys (RFC 8410). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");

const KEY_TEXT = /^[\w-]{43}$/;

/** Makes a private key of `KEY_SEED_BYTES` unguessable bytes; another number is a RangeError. */
export function privateKeyOf(seed: Uint8Array): KeyObject {
  if (seed.length !== KEY_SEED_BYTES) {
    throw new RangeError(`A key has ${KEY_SEED_BYTES} bytes of seed`);
  }
  const key = Buffer.concat([PKCS8_HEAD, seed]);
  return createPrivateKey({ key, format: "der", type: "pkcs8" });
}

/** Writes a private key as text: a secret. */
export function exportPrivateKey(privateKey: KeyObject): string {
  const der = privateKey.export({ format: "der", type: "pkcs8" });
  return der.subarray(PKCS8_HEAD.length).toString("base64url");
}

/** Reads what `exportPrivateKey` wrote; `undefined` for any other text. */
export function importPrivateKey(text: string): KeyObject | undefined {
  if (!KEY_TEXT.test(text)) return undefined;
  return privateKeyOf(Buffer.from(text, "base64url"));
}

/** Writes the public half of a private key as text. */
export function exportPublicKey(privateKey: KeyObject): string {
  const der = createPublicKey(privateKey)
    .export({ format: "der", type: "spki" });
  return der.subarray(SPKI_HEAD.length).toString("base64url");
}

/** Reads what `exportPublicKey` wrote; `undefined` for any other text. */
export function importPublicKey(text: string): KeyObject | undefined {
  if (!KEY_TEXT.test(text)) return undefined;
  const key = Buffer.concat([SPKI_HEAD, Buffer.from(text, "base64url")]);
  return createPublicKey({ key, format: "der", type: "spki" });
}

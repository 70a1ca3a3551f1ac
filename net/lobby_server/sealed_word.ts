/**
 * Words that only one lobby can make, and that it need not remember: it can't be told what it
 * hasn't said itself.
 *
 * ```text
 * base64url(JSON) . base64url(HMAC-SHA256)
 * ```
 *
 * Whoever holds a word may read it. What it stands for is kept apart by its purpose.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { SEAT_TOKEN_LENGTH_MAX } from "../lobby/protocol.ts";

const encoder = new TextEncoder();

/** Makes and reads the words of one purpose. */
export interface Sealer {
  seal(value: unknown): string;
  /** Returns the value of a word that `seal` made; `undefined` for any other text. */
  open(word: string): unknown;
}

/** Returns the sealer of a key; no two kinds of values may have the same purpose. */
export function createSealer(key: Uint8Array, purpose: string): Sealer {
  const macOf = (text: string) =>
    createHmac("sha256", key).update(purpose + text).digest("base64url");
  return {
    seal(value) {
      const text = encoder.encode(JSON.stringify(value)).toBase64({
        alphabet: "base64url",
        omitPadding: true,
      });
      return `${text}.${macOf(text)}`;
    },
    open(word) {
      if (word.length > SEAT_TOKEN_LENGTH_MAX) return undefined;
      const end = word.lastIndexOf(".");
      const text = word.slice(0, Math.max(end, 0));
      // Compare text, not bytes: base64 has unused bits, so several texts decode to the same bytes.
      const given = encoder.encode(word.slice(end + 1));
      const right = encoder.encode(macOf(text));
      if (given.length !== right.length || !timingSafeEqual(given, right)) {
        return undefined;
      }
      const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
      return JSON.parse(new TextDecoder().decode(bytes));
    },
  };
}

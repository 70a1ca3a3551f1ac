/**
 * What a person types: a lobby's address, a name, a room's code. It is understood as it was meant,
 * or refused in one sentence in that person's words before anything is sent. Command line and start
 * screen understand the same.
 *
 * @module
 */
import { cleanName, NAME_LENGTH_MAX, ROOM_CODE } from "./protocol.ts";

/** Words that mean nothing here; the message says what to type. */
export class WordsError extends Error {
  override readonly name = "WordsError";
}

/** Where a lobby is, as far as somebody has said it. */
export interface TypedAddress {
  readonly hostname: string;
  readonly port?: number;
}

/** How an address may begin and end that was copied from somewhere. */
const SCHEME = /^(?:https?|tcp|wss?|pong):\/\//i;

/** The host in brackets, as only an IPv6 address has them, or without; a port; a slash. */
const ADDRESS = /^(?:\[([^\]]*)\]|([^:/[\]]*))(?::(\d*))?\/*$/;

/**
 * Understands `host`, `host:port`, `[::1]:port`, `::1`, and each of them as a web address.
 *
 * @throws WordsError when it is no address.
 */
export function parseAddress(text: string): TypedAddress {
  const words = cleanName(text).replace(SCHEME, "");
  const isBareVersion6 = /^[^/[\]]*:[^/[\]]*:/.test(words);
  const [, version6, name = "", digits = ""] = ADDRESS.exec(
    isBareVersion6 ? `[${words.replace(/\/+$/, "")}]` : words,
  ) ?? [];
  const hostname = version6 === undefined
    ? hostOf(name.replace(/\.$/, ""))
    : addressOf(version6);
  if (hostname === undefined) {
    throw new WordsError(
      "Name the lobby's computer by its name or its address, such as " +
        "pong.example or 192.168.1.20; :5555 behind it names the port.",
    );
  }
  if (digits === "") return { hostname };
  const port = Number(digits);
  if (port >= 1 && port <= 65_535) return { hostname, port };
  throw new WordsError("A port is a whole number from 1 to 65535.");
}

/** A name as DNS knows it, or four numbers; `undefined` for what is neither. */
function hostOf(name: string): string | undefined {
  const host = URL.parse(`http://${name}`)?.hostname;
  // Numbers in other forms are addresses to a URL, but typing mistakes of a person.
  const isNumber = /^[\d.]*$/.test(name) && host !== name;
  const isName = /^[\p{L}\p{M}\p{N}._-]{1,253}$/u.test(name);
  return isName && !isNumber ? host : undefined;
}

/** An IPv6 address, maybe with the network card through which to reach it. */
function addressOf(text: string): string | undefined {
  const [address, ...zone] = text.split("%");
  const isZone = zone.length === 0 || /^[\w.-]+$/.test(zone.join("%"));
  return isZone && URL.canParse(`http://[${address}]`) ? text : undefined;
}

/**
 * Understands what somebody wants to be called.
 *
 * @throws WordsError when nothing of it can be seen, or too much.
 */
export function parseName(text: string): string {
  const name = cleanName(text);
  if (name === "") throw new WordsError("Type a name by which to call you.");
  const { length } = [...name];
  if (length <= NAME_LENGTH_MAX) return name;
  throw new WordsError(
    `A name has at most ${NAME_LENGTH_MAX} characters; this one has ${length}.`,
  );
}

/** Makes a name of what the system calls somebody, cut to what fits; `otherwise` of nothing. */
export function nameOf(login: string, otherwise: string): string {
  const cut = [...cleanName(login)].slice(0, NAME_LENGTH_MAX).join("");
  return cleanName(cut) || otherwise;
}

/**
 * Understands a room's code, in capitals or not.
 *
 * @throws WordsError when it is none.
 */
export function parseRoomCode(text: string): string {
  const code = cleanName(text).toUpperCase();
  if (ROOM_CODE.test(code)) return code;
  throw new WordsError(
    "A room's code has 3 to 12 letters and digits, such as KMPQRA.",
  );
}

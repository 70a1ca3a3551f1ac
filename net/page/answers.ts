/**
 * Who may have what of the page: the answer to each request.
 *
 * A foreign website that the player has open could reach the page's address, so what such a site
 * can't forge is checked: `Host` (against foreign names that resolve to this address), and, before a
 * WebSocket may see or steer the game, `Origin` and a secret token. Without the token, other machines
 * get nothing but the page's code.
 *
 * @module
 */
import type { Asset, Assets } from "./assets.ts";
import type { HttpAnswer, HttpRequest } from "./http.ts";

const NO_TOKEN = "The address lacks its token.";
const USED_TICKET = "This address opens the game once, and has done so or is " +
  "too old. Open the one that the terminal shows.";
/** What RFC 6455 has a server add to a client's key, to show that it understands. */
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** What there is, and for whom. */
export interface AnswerOptions {
  /** The names, with port, under which the page may be asked for. */
  readonly hosts: readonly string[];
  readonly token: string;
  /** Whether that is the ticket, which is good for one use, and is used up with this. */
  readonly takeTicket: (given: string | null) => boolean;
  readonly assets: Assets;
  /** The answer to `GET /status`, as JSON. */
  readonly status: () => unknown;
  /** By path: what only a page with the token may fetch, as it is at that moment. */
  readonly downloads: ReadonlyMap<string, () => Asset | undefined>;
}

/** Answers a request from an address; the code 101 opens a page's socket. */
export type Answer = (
  request: HttpRequest,
  address: string,
) => Promise<HttpAnswer>;

/** Returns the function that answers. */
export function createAnswer(options: AnswerOptions): Answer {
  const { hosts, token, takeTicket, assets, status, downloads } = options;
  const always = headersFor(hosts);
  const text = (code: number, body: string) =>
    answerWith(code, always, { type: "text/plain", body: encode(body) });

  async function answerSocket(
    headers: Headers,
    isKnown: boolean,
  ): Promise<HttpAnswer> {
    const origin = headers.get("origin") ?? "";
    if (!hosts.some((host) => origin === `http://${host}`)) {
      return text(403, "Only the game's own page may connect.");
    }
    if (!isKnown) return text(403, NO_TOKEN);
    const key = headers.get("sec-websocket-key");
    const upgrade = headers.get("upgrade")?.toLowerCase();
    if (upgrade !== "websocket" || key === null) {
      return text(426, "This address is for the page's socket.");
    }
    return {
      code: 101,
      headers: {
        ...{ upgrade: "websocket", connection: "Upgrade" },
        "sec-websocket-accept": await acceptOf(key),
      },
      body: new Uint8Array(),
    };
  }

  return async ({ method, url, headers }, address) => {
    if (!hosts.includes(headers.get("host") ?? "")) {
      return text(403, "This address is not the game's.");
    }
    const { pathname, searchParams } = url;
    const isKnown = searchParams.get("token") === token;
    if (pathname === "/socket") {
      return await answerSocket(headers, isKnown);
    }
    if (method !== "GET") return text(405, "Only GET is answered.");
    if (pathname === "/open") {
      if (!takeTicket(searchParams.get("ticket"))) {
        return text(410, USED_TICKET);
      }
      const location = `/?token=${encodeURIComponent(token)}`;
      return { code: 303, headers: { ...always, location }, body: encode("") };
    }
    const isNear = address.startsWith("127.");
    const download = downloads.get(pathname);
    const mustKnow = download !== undefined ||
      (!isNear && (pathname === "/" || pathname === "/status"));
    if (mustKnow && !isKnown) return text(403, NO_TOKEN);
    if (pathname === "/status") {
      const body = encode(JSON.stringify(status()));
      return answerWith(200, always, { type: "application/json", body });
    }
    const asset = download === undefined ? assets.get(pathname) : download();
    return asset === undefined
      ? text(404, "There is no such page.")
      : answerWith(200, always, asset);
  };
}

function answerWith(
  code: number,
  always: Readonly<Record<string, string>>,
  { type, body, name }: Asset,
): HttpAnswer {
  const disposition: Record<string, string> = name === undefined
    ? {}
    : { "content-disposition": `attachment; filename="${name}"` };
  const headers = { ...always, "content-type": type, ...disposition };
  return { code, headers, body };
}

/** Headers of every answer. Browsers differ in whether 'self' covers ws:, so it is spelled out. */
function headersFor(hosts: readonly string[]): Record<string, string> {
  const sockets = hosts.map((host) => `ws://${host}`).join(" ");
  return {
    "content-security-policy": [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `connect-src 'self' ${sockets}`,
      "img-src 'self' data:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  };
}

async function acceptOf(key: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-1", encode(key + KEY_SUFFIX));
  return new Uint8Array(hash).toBase64();
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

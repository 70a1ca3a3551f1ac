/**
 * The address of an AMQP broker: parsed, named without its password, and moved to another host.
 *
 * An address holds a password, so it must never reach a log, a message or the page: these show its
 * `name`.
 *
 * @module
 */
import { NetworkError } from "../link/network_error.ts";

/** An address taken apart. */
export interface BrokerAddress {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly vhost: string;
  /** Host and port, fit for anybody's eyes. */
  readonly name: string;
}

/** The user that a broker has from the start; it may log in from the broker's own machine only. */
const USER_DEFAULT = "guest";

/**
 * Takes an address such as `amqp://user:password@host:5672/vhost` apart.
 *
 * @throws {NetworkError} When it is no such address. The message doesn't repeat the text.
 */
export function parseBrokerUrl(text: string): BrokerAddress {
  const url = URL.parse(text);
  const secure = url?.protocol === "amqps:";
  if (
    url === null || url.hostname === "" ||
    (url.protocol !== "amqp:" && !secure)
  ) {
    throw new NetworkError(
      "Cannot use this broker address: write it as amqp://user:password@host:5672",
    );
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = url.port === "" ? (secure ? 5671 : 5672) : Number(url.port);
  const anonymous = url.username === "" && url.password === "";
  return {
    secure,
    host,
    port,
    user: anonymous ? USER_DEFAULT : decode(url.username),
    password: anonymous ? USER_DEFAULT : decode(url.password),
    vhost: url.pathname.length > 1 ? decode(url.pathname.slice(1)) : "/",
    name: `${host.includes(":") ? `[${host}]` : host}:${port}`,
  };
}

/**
 * Returns the address at which a player finds the broker that the lobby knows as `url`.
 *
 * A "localhost" in it is the lobby's machine. The player finds that at `lobbyHost`, the host under
 * which it reached the lobby.
 *
 * @throws {NetworkError} When `url` is no broker's address.
 */
export function brokerUrlFor(url: string, lobbyHost: string): string {
  if (!isLoopback(parseBrokerUrl(url).host)) return url;
  const moved = new URL(url);
  const bare = lobbyHost.replace(/^\[(.*)\]$/, "$1");
  moved.hostname = bare.includes(":") ? `[${bare}]` : bare;
  return moved.href;
}

/** Whether a host name or address means the machine itself. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}

/** Decodes percent signs; a text in which they make no sense is taken literally. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // Somebody typed a password with a bare percent sign.
  }
}

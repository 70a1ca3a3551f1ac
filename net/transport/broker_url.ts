/**
 * The address of an AMQP broker: parsed, named without its password, and moved to another host.
 *
 * An address holds a password, so it must never reach a log, a message or the page: these show its
 * `name`.
 *
 * @module
 */
import { bracketed, unbracketed } from "../link/address.ts";
import { NetworkError } from "../link/network_error.ts";
import { BROKER_URL_LENGTH_MAX } from "../lobby/protocol.ts";

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

const PORTS = { amqp: 5672, amqps: 5671 };

/**
 * Scheme, user and password, host, port, virtual host. The last @ ends the password, whatever is in
 * it, and nothing behind can hold another one: so no part of a password is taken for a host.
 */
const SHAPE =
  /^(amqps?):\/\/(?:(.*)@)?(\[[\da-f:.]+\]|[\p{L}\p{N}._-]+)(?::(\d{1,5}))?(?:\/([^/?#@]*))?$/isu;

/**
 * Takes an address such as `amqp://user:password@host:5672/vhost` apart. What has a meaning in an
 * address, such as a slash, may stand in the password as it is.
 *
 * @throws {NetworkError} When it is no such address. The message doesn't repeat the text.
 */
export function parseBrokerUrl(text: string): BrokerAddress {
  const [, scheme = "", login = "", hostname = "", digits, vhost = ""] =
    SHAPE.exec(text.trim().toWellFormed()) ?? [];
  const secure = scheme.toLowerCase() === "amqps";
  const port = digits === undefined
    ? PORTS[secure ? "amqps" : "amqp"]
    : Number(digits);
  const [user, ...rest] = login === ""
    ? [USER_DEFAULT, USER_DEFAULT] // As the broker has it.
    : login.split(":");
  // A name without a password is more likely a password without its name.
  if (hostname === "" || port > 65_535 || rest.length === 0) {
    throw new NetworkError(
      "Cannot use this broker address: write it as amqp://user:password@host:5672",
    );
  }
  const host = unbracketed(hostname);
  return {
    ...{ secure, host, port, name: `${bracketed(host)}:${port}` },
    user: decode(user),
    password: decode(rest.join(":")),
    vhost: decode(vhost) || "/",
  };
}

/**
 * Returns an address as a lobby can tell it to all players, whatever program they have.
 *
 * @throws {NetworkError} When it is none, or too long. The message doesn't repeat the text.
 */
export function canonicalBrokerUrl(text: string): string {
  const url = formatBrokerUrl(parseBrokerUrl(text));
  if (url.length <= BROKER_URL_LENGTH_MAX) return url;
  throw new NetworkError(
    `Cannot use this broker address: it has more than ${BROKER_URL_LENGTH_MAX} characters`,
  );
}

/** Writes an address so that every program understands it; the opposite of `parseBrokerUrl`. */
function formatBrokerUrl(
  { secure, host, port, user, password, vhost }: Omit<BrokerAddress, "name">,
): string {
  const scheme = secure ? "amqps" : "amqp";
  const isDefault = user === USER_DEFAULT && password === USER_DEFAULT;
  const login = [user, password].map(encodeURIComponent).join(":");
  return [
    ...[scheme, "://", isDefault ? "" : `${login}@`, bracketed(host)],
    port === PORTS[scheme] ? "" : `:${port}`,
    vhost === "/" ? "" : `/${encodeURIComponent(vhost)}`,
  ].join("");
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
  return isLoopback(parseBrokerUrl(url).host) ? withHost(url, lobbyHost) : url;
}

/** Moves an address to another host. */
export function withHost(url: string, hostname: string): string {
  const host = unbracketed(hostname);
  return formatBrokerUrl({ ...parseBrokerUrl(url), host });
}

/** Blanks the password out of what somebody else has written, such as a library or the broker. */
export function hidePassword(
  text: string,
  { password }: Pick<BrokerAddress, "password">,
): string {
  if (password === "") return text;
  return [password, encodeURIComponent(password)]
    .reduce((left, secret) => left.replaceAll(secret, "…"), text);
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

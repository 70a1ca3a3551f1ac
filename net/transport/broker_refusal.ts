/**
 * Why a broker can't be used, as half a sentence for a person: what is wrong, and what to change.
 *
 * The library tells it in many ways: by a code of AMQP, of the system or of TLS, or in words only.
 * What the broker itself said is quoted, but nothing of what was sent to it, so no password.
 *
 * @module
 */
import { messageOf } from "../link/network_error.ts";
import { type BrokerAddress, hidePassword } from "./broker_url.ts";

/** Why connecting to a broker, or setting the connection up, has failed. */
export interface BrokerRefusal {
  /** One line. */
  readonly why: string;
  /** Whether trying again is useless until a person has changed something. */
  readonly isFinal: boolean;
}

/** How many characters of the broker's own words are shown. */
const QUOTE_LENGTH_MAX = 200;

/** Codes of certificates that nobody known here has signed. */
const UNKNOWN_SIGNER =
  /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|CERT_UNTRUSTED|UnknownIssuer/;

/** How a broker says that a limit is reached: of connections, channels, or queues. */
const LIMIT = /limit.*\breached|maximum allowed|\bmax\b.*\breached/i;

/** Returns what a failure means. */
export function refusalOf(
  error: unknown,
  broker: BrokerAddress,
): BrokerRefusal {
  const text = messageOf(error);
  const code = error instanceof Error && "code" in error
    ? String(error.code)
    : "";
  const user = quote(broker.user, broker);
  const vhost = quote(broker.vhost, broker);
  const said = quote(text, broker);
  const final = (why: string) => ({ why, isFinal: true });
  const passing = (why: string) => ({ why, isFinal: false });

  if (LIMIT.test(text)) {
    return passing(
      `a limit of the broker is reached: ${said}. Raise it there, or end what uses it up`,
    );
  }
  if (text.startsWith("No channels left")) {
    return passing(
      "a limit of the broker is too low: a connection may have fewer channels than the game needs. Raise its channel_max",
    );
  }
  if (text.startsWith("Handshake") && text.includes("ACCESS-REFUSED")) {
    return final(
      `it refuses the user "${user}" or the password. Check both in the broker's address`,
    );
  }
  if (text.startsWith("Expected ConnectionOpenOk")) {
    return final(
      `it has no virtual host "${vhost}" that the user "${user}" may use. Check the end of the broker's address`,
    );
  }
  if (text.includes("ETIMEDOUT")) {
    return passing(
      "no answer. A firewall in between, another network, or a broker that hangs?",
    );
  }
  if (text.includes("exceeds maxFrameSize")) {
    return final("what listens there is no AMQP broker. Is the port right?");
  }
  if (UNKNOWN_SIGNER.test(`${code} ${text}`)) {
    return final(
      "its certificate is signed by nobody whom this computer knows. " +
        "If that is your own authority, name its PEM file with --broker-ca",
    );
  }
  switch (code) {
    case "403":
      return final(`the user "${user}" may not do this: ${said}`);
    case "404":
      return passing(
        `something is missing there: ${said}. Is a lobby connected to this broker?`,
      );
    case "406":
      return final(
        `something of the same name but another kind is there: ${said}. Delete it, or use another virtual host`,
      );
    case "ECONNREFUSED":
      return passing(
        "nothing listens there. Is RabbitMQ running, and is the port right?",
      );
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return passing("no machine of this name is known. Check the spelling");
    case "CERT_HAS_EXPIRED":
      return final(
        "its certificate has expired. Renew it, and check this computer's clock",
      );
    case "CERT_NOT_YET_VALID":
      return final(
        "its certificate isn't valid yet. Check this computer's clock",
      );
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return final(
        `its certificate is for another name than ${broker.host}: ${said}. Use the name that it is for`,
      );
    case "ERR_SSL_WRONG_VERSION_NUMBER":
      return final(
        "it doesn't speak TLS on this port. Write amqp:// instead of amqps://, or the port for TLS, mostly 5671",
      );
    case SPEAKS_TLS:
      return final(
        "it speaks TLS on this port. Write amqps:// instead of amqp://, or the other port, mostly 5672",
      );
  }
  return passing(said || `connecting failed (${code})`);
}

/** The code for a broker that speaks TLS where it was expected not to. */
export const SPEAKS_TLS = "SPEAKS_TLS";

/** Makes one short line, harmless on a terminal, of a text that came from outside. */
export function quote(text: string, broker: BrokerAddress): string {
  const message = /with message "(.*)"/s.exec(text)?.[1] ?? text;
  return hidePassword(message, broker).replace(/[\s\p{C}]+/gu, " ")
    .slice(0, QUOTE_LENGTH_MAX);
}

/**
 * To which brokers a player's process connects: a lobby names one, and may be anybody's.
 *
 * By itself the process connects to no computer but the one that its person named, the lobby's. Any
 * other host could be one in the person's own network that only this computer can reach, so the
 * person is asked for it first.
 *
 * @module
 */
import { lookup } from "node:dns/promises";
import { unbracketed } from "../link/address.ts";
import type { LobbyAddress } from "../link/dial.ts";
import { NetworkError } from "../link/network_error.ts";
import { brokerUrlFor, parseBrokerUrl, withHost } from "./broker_url.ts";

/** A broker to which the person has not agreed; the message says how to. */
export class UnknownBrokerError extends NetworkError {
  /** What the person would have to agree to, for which lobby. */
  readonly asked: BrokerQuestion;

  constructor(host: string, { hostname, port }: LobbyAddress) {
    const question =
      `The lobby at ${hostname}:${port} wants this match to be played over a broker on ` +
      `another computer, ${host}.`;
    super(`${question} If you trust it, add --broker-host ${host}.`);
    this.asked = { host, lobby: hostname, question };
  }
}

/** What a person is asked. */
export interface BrokerQuestion {
  readonly host: string;
  readonly lobby: string;
  /** One sentence, for who can answer without a command line. */
  readonly question: string;
}

/** Whose brokers may be used. */
export interface BrokerConsent {
  readonly lobby: LobbyAddress;
  /** The hosts to which the person has agreed. */
  readonly brokerHosts?: readonly string[] | undefined;
}

/**
 * Returns the address at which to find the lobby's broker.
 *
 * @throws UnknownBrokerError when that is on a host to which the person hasn't agreed, NetworkError
 * when `url` is no broker's address.
 */
export async function agreedBrokerUrl(
  url: string,
  { lobby, brokerHosts = [] }: BrokerConsent,
  addressesOf = lookUp,
): Promise<string> {
  const found = brokerUrlFor(url, lobby.hostname);
  const { host } = parseBrokerUrl(found);
  const agreed = [lobby.hostname, ...brokerHosts].map(plain);
  if (agreed.includes(plain(host))) return found;
  const [broker, own] = await Promise.all(
    [host, lobby.hostname].map(addressesOf),
  );
  if (broker.length > 0 && broker.every((address) => own.includes(address))) {
    // By the name that the person typed: the other one may mean another computer a moment later.
    return withHost(found, lobby.hostname);
  }
  throw new UnknownBrokerError(host, lobby);
}

/** A host as it is compared: DNS knows neither capitals nor a last dot, and URLs have brackets. */
function plain(host: string): string {
  return unbracketed(host.toLowerCase()).replace(/\.$/, "");
}

async function lookUp(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

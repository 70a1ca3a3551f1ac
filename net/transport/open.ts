/**
 * Opens the transport that the lobby has chosen for a match, for a player or for who only watches;
 * makes it worse where somebody wants to try that, and signs its packets where a third party carries
 * them.
 *
 * The lobby's relay stamps each packet with the seat that sent it. A broker doesn't: whoever may
 * publish can use any key. So packets over a broker are signed, and a match with somebody who has
 * no key is refused.
 *
 * @module
 */
import type { KeyObject } from "node:crypto";
import { NetworkError } from "../link/network_error.ts";
import type {
  StartMessage,
  StartTransport,
  WelcomeMessage,
} from "../lobby/protocol.ts";
import type { Listening, Transport } from "../match/transport.ts";
import { type AmqpWatchOptions, openAmqp, openAmqpWatch } from "./amqp.ts";
import { agreedBrokerUrl, type BrokerConsent } from "./broker_consent.ts";
import {
  faulty,
  type FaultyTransport,
  type TransportFaults,
} from "./faulty.ts";
import { openRelay, openRelayWatch } from "./relay.ts";
import { signed, verified } from "./signed.ts";
import { importPublicKey } from "./signing_keys.ts";

/** What anybody has to know to hear a match. */
export interface WatchTransportOptions extends BrokerConsent {
  /** As its receiver got it: a watcher's token is good for listening only. */
  readonly start: Pick<
    StartMessage,
    "match" | "transport" | "players" | "token"
  >;
  /** In PEM: the only authorities to vouch for a broker; those that the system knows if absent. */
  readonly brokerCa?: string | undefined;
  /** Closes the transport, or gives up opening it. */
  readonly signal: AbortSignal;
  /** Opening has failed, and is tried again: why, in a sentence. */
  readonly onTrouble?: ((why: string) => void) | undefined;
}

/** What a player has to know to reach the others. */
export interface MatchTransportOptions extends WatchTransportOptions {
  readonly seat: Pick<WelcomeMessage, "id" | "slot" | "epoch">;
  /** The private half of the key with which the seat was taken. */
  readonly privateKey: KeyObject;
  /** What to do to the packets from the beginning. */
  readonly faults: TransportFaults;
  /** For the faults: numbers from 0 (inclusive) to 1. */
  readonly random: () => number;
  /** The clock that stamps arrivals. */
  readonly nowMs: () => number;
}

/** The way to the other players. */
export interface MatchTransport {
  /** To be disposed by the caller; that closes the connection, too. */
  readonly transport: Transport;
  /** The layer below it whose faults can be changed while the match runs. */
  readonly faulty: Pick<FaultyTransport, "faults">;
}

/**
 * Opens the transport of a match that has started; tries for as long as others wait at the barrier.
 *
 * @throws NetworkError when lobby or broker can't be reached or refuses, or a player can't sign.
 */
export async function openMatchTransport(
  options: MatchTransportOptions,
): Promise<MatchTransport> {
  const { lobby, seat, start, privateKey, signal } = options;
  const { match, transport, players, token } = start;
  switch (transport.kind) {
    case "relay": {
      const { onTrouble } = options;
      const open = await openRelay({ ...lobby, token, signal, onTrouble });
      const worse = faulty(open, options);
      return { transport: worse, faulty: worse };
    }
    case "amqp": {
      const { id, slot, epoch } = seat;
      const publicKeys = publicKeysOf(players, "play with");
      const broker = await brokerOptions(transport, options);
      const open = await openAmqp({ ...broker, id, slot, epoch });
      const sender = { match, slot, epoch, privateKey, publicKeys };
      const worse = faulty(open, options);
      return { transport: signed(worse, sender), faulty: worse };
    }
  }
}

/**
 * Returns the keys of a match's players, by slot.
 *
 * @throws NetworkError when a player has none; its message says that the `wish` can't be fulfilled.
 */
export function publicKeysOf(
  players: StartMessage["players"],
  wish: "play with" | "watch",
): ReadonlyMap<number, KeyObject> {
  return new Map(players.map(({ slot, name, publicKey }) => {
    const key = publicKey && importPublicKey(publicKey);
    if (key) return [slot, key];
    throw new NetworkError(
      `Cannot ${wish} ${name} over a broker: ${name}'s program gave the ` +
        "lobby no key to know its packets by, so it is too old. Update it.",
    );
  }));
}

/**
 * Opens a watcher's end of a match that has started.
 *
 * @throws NetworkError when lobby or broker can't be reached or refuses, or a player can't sign.
 */
export async function openWatchTransport(
  options: WatchTransportOptions,
): Promise<Listening> {
  const { lobby, start, signal } = options;
  const { match, transport, players, token } = start;
  switch (transport.kind) {
    case "relay":
      return await openRelayWatch({ ...lobby, token, signal });
    case "amqp": {
      const publicKeys = publicKeysOf(players, "watch");
      const open = await openAmqpWatch(await brokerOptions(transport, options));
      return verified(open, { match, publicKeys });
    }
  }
}

/** What players and watchers tell the broker alike. */
async function brokerOptions(
  { url, exchange }: Extract<StartTransport, { readonly kind: "amqp" }>,
  options: WatchTransportOptions,
): Promise<AmqpWatchOptions> {
  const { start, brokerCa, signal, onTrouble } = options;
  return {
    url: await agreedBrokerUrl(url, options),
    ca: brokerCa,
    exchange,
    match: start.match,
    peers: start.players.map(({ id, slot }) => ({ id, slot })),
    signal,
    onTrouble,
  };
}

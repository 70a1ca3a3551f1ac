/**
 * The transport that a match is played over, as the lobby names it: opened, made worse if somebody
 * wants to try that, and signed where a third party carries the packets.
 *
 * The lobby's relay stamps each packet with the seat that sent it. A broker doesn't: whoever may
 * publish can use any key. So packets over a broker are signed, and a match with somebody who has
 * no key is refused.
 *
 * @module
 */
import type { KeyObject } from "node:crypto";
import { getLogger } from "@logtape/logtape";
import { openAmqp } from "./amqp.ts";
import { brokerUrlFor } from "./broker_url.ts";
import type { LobbyAddress } from "./dial.ts";
import { faulty, type TransportFaults } from "./faulty.ts";
import type { StartMessage, WelcomeMessage } from "./lobby_protocol.ts";
import { openRelay } from "./relay.ts";
import { signed } from "./signed.ts";
import { importPublicKey } from "./signing_keys.ts";
import { type Transport, TransportError } from "./transport.ts";

const log = getLogger(["pong", "player"]);

export interface MatchTransportOptions {
  readonly lobby: LobbyAddress;
  readonly seat: Pick<WelcomeMessage, "id" | "slot" | "epoch">;
  readonly start: Pick<
    StartMessage,
    "match" | "transport" | "players" | "token"
  >;
  /** Belongs to the public key with which the seat was taken. */
  readonly privateKey: KeyObject;
  /** What to do to the packets, both ways; nothing if not given. */
  readonly faults?: TransportFaults | undefined;
  /** For the faults: numbers from 0 (inclusive) to 1. */
  readonly random: () => number;
  /** The clock that stamps arrivals. */
  readonly nowMs: () => number;
  /** Closes the transport, or gives up opening it. */
  readonly signal: AbortSignal;
}

/**
 * Opens the transport of a match that has started.
 *
 * @throws TransportError when lobby or broker can't be reached or refuses, or a player can't sign.
 */
export async function openMatchTransport(
  options: MatchTransportOptions,
): Promise<Transport> {
  const { lobby, seat, start, privateKey, signal } = options;
  const { match, transport, players, token } = start;
  switch (transport.kind) {
    case "relay":
      return worsen(await openRelay({ ...lobby, token, signal }), options);
    case "amqp": {
      const { id, slot, epoch } = seat;
      const publicKeys = publicKeysOf(players);
      const open = await openAmqp({
        url: brokerUrlFor(transport.url, lobby.hostname),
        exchange: transport.exchange,
        match,
        id,
        slot,
        epoch,
        peers: players.map(({ id, slot }) => ({ id, slot })),
        signal,
      });
      const sender = { match, slot, epoch, privateKey, publicKeys };
      return signed(worsen(open, options), sender);
    }
  }
}

function worsen(
  transport: Transport,
  { faults, random, nowMs }: MatchTransportOptions,
): Transport {
  if (faults === undefined) return transport;
  log.warn("Faults are on, as --faults says: {faults}", { faults });
  return faulty(transport, { faults, random, nowMs });
}

function publicKeysOf(
  players: StartMessage["players"],
): ReadonlyMap<number, KeyObject> {
  return new Map(players.map(({ slot, name, publicKey }) => {
    const key = publicKey && importPublicKey(publicKey);
    if (key) return [slot, key];
    throw new TransportError(
      `Cannot play with ${name} over a broker: ${name}'s program gave the ` +
        "lobby no key to know its packets by, so it is too old. Update it.",
    );
  }));
}

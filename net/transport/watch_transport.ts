/**
 * What somebody who watches hears of a match: opened as the lobby names it, and verified where a
 * third party carries the packets.
 *
 * Nothing is ever sent to the members, so they can't be disturbed.
 *
 * @module
 */
import type { LobbyAddress } from "../link/dial.ts";
import type { StartMessage } from "../lobby/protocol.ts";
import type { Listening } from "../match/transport.ts";
import { openAmqpWatch } from "./amqp.ts";
import { brokerUrlFor } from "./broker_url.ts";
import { publicKeysOf } from "./open.ts";
import { openRelayWatch } from "./relay.ts";
import { verified } from "./signed.ts";

export interface WatchTransportOptions {
  readonly lobby: LobbyAddress;
  /** As this watcher got it; its token is good for listening only. */
  readonly start: Pick<
    StartMessage,
    "match" | "transport" | "players" | "token"
  >;
  /** Closes the transport, or gives up opening it. */
  readonly signal: AbortSignal;
}

/**
 * Opens what one hears of a match that has started.
 *
 * @throws NetworkError when lobby or broker can't be reached or refuses, or a player can't sign.
 */
export async function openWatchTransport(
  { lobby, start, signal }: WatchTransportOptions,
): Promise<Listening> {
  const { match, transport, players, token } = start;
  switch (transport.kind) {
    case "relay":
      return await openRelayWatch({ ...lobby, token, signal });
    case "amqp": {
      const publicKeys = publicKeysOf(players, "watch");
      const open = await openAmqpWatch({
        url: brokerUrlFor(transport.url, lobby.hostname),
        exchange: transport.exchange,
        match,
        peers: players.map(({ id, slot }) => ({ id, slot })),
        signal,
      });
      return verified(open, { match, publicKeys });
    }
  }
}

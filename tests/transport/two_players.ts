/**
 * Ann and Bob, who play a match over a broker or the relay, and somebody who watches it.
 *
 * @module
 */
import type { StartMessage } from "../../net/lobby/protocol.ts";
import type { Listening } from "../../net/match/transport.ts";
import { NO_TRANSPORT_FAULTS } from "../../net/transport/faulty.ts";
import {
  type MatchTransport,
  openMatchTransport,
  openWatchTransport,
} from "../../net/transport/open.ts";
import {
  exportPublicKey,
  privateKeyOf,
} from "../../net/transport/signing_keys.ts";
import { FOREVER } from "../support/lobby.ts";

const PRIVATE_KEYS = [1, 2]
  .map((byte) => privateKeyOf(new Uint8Array(32).fill(byte)));

export const LOBBY = { hostname: "127.0.0.1", port: 5555 };

/** What the lobby tells them; `publicKeys` are theirs, if they give any. */
export function startOver(
  transport: StartMessage["transport"],
  match = "match",
  publicKeys: readonly string[] = PRIVATE_KEYS.map(exportPublicKey),
): StartMessage {
  return {
    ...{ type: "start", match, transport, token: "0123456789abcdef" },
    rules: { players: 2, points: 11, lives: 5, graceMs: 20_000 },
    players: ["Ann", "Bob"].map((name, slot) => ({
      ...{ id: name.toLowerCase(), slot, name, look: slot, isBot: false },
      ...{ epoch: slot, start: { x: 0, y: 0 } },
      ...(publicKeys[slot] && { publicKey: publicKeys[slot] }),
    })),
  };
}

/** Opens the end of whoever has that slot. */
export function openPlayer(
  start: StartMessage,
  slot: number,
  faults = NO_TRANSPORT_FAULTS,
): Promise<MatchTransport> {
  return openMatchTransport({
    ...{ lobby: LOBBY, start, signal: FOREVER, faults },
    seat: start.players[slot],
    privateKey: PRIVATE_KEYS[slot],
    random: () => 0.5,
    nowMs: () => performance.now(),
  });
}

export function openWatch(start: StartMessage): Promise<Listening> {
  return openWatchTransport({ lobby: LOBBY, start, signal: FOREVER });
}

/**
 * The command that a friend types to come into the same room.
 *
 * @module
 */
import type { LobbyAddress } from "../link/dial.ts";
import { reachableAddresses } from "../link/listen.ts";
import { DEFAULT_LOBBY_PORT } from "../lobby/protocol.ts";
import { isLoopback } from "../transport/broker_url.ts";

/**
 * Makes it with an address that others can use, also where the lobby is on this machine. `pong` is
 * how the program is started.
 */
export function inviteLine(
  { hostname, port }: LobbyAddress,
  { room, pong }: { readonly room: string; readonly pong: string },
): string {
  const host = isLoopback(hostname)
    ? reachableAddresses("0.0.0.0")[0] ?? hostname
    : hostname;
  const where = port === DEFAULT_LOBBY_PORT ? "" : ` --port ${port}`;
  return `${pong} play --host ${host}${where} --room ${room}`;
}

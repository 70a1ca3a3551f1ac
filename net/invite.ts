/**
 * The line by which a friend comes into the same room.
 *
 * @module
 */
import { isLoopback } from "./broker_url.ts";
import type { LobbyAddress } from "./dial.ts";
import { reachableAddresses } from "./listen.ts";
import { DEFAULT_LOBBY_PORT } from "./lobby_protocol.ts";

/** Makes it with an address that others can use, also where the lobby is on this machine. */
export function inviteLine(
  { hostname, port }: LobbyAddress,
  room: string,
): string {
  const host = isLoopback(hostname)
    ? reachableAddresses("0.0.0.0")[0] ?? hostname
    : hostname;
  const where = port === DEFAULT_LOBBY_PORT ? "" : ` --port ${port}`;
  return `pong play --host ${host}${where} --room ${room}`;
}

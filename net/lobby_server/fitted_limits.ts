/**
 * Fits the lobby's limits to the files and sockets (descriptors) that its process may have.
 *
 * Whoever has none left can accept nobody and open nothing. So the lobby promises no more
 * connections than there are descriptors for, and keeps some for itself.
 *
 * @module
 */
import type { Descriptors } from "../link/descriptors.ts";
import type { LobbyLimits } from "./limits.ts";

/** For what the system, the broker's connection and files need now and then. */
const RESERVED = 12;

/** Of what is left, the part that tells people why they are turned away. */
const REFUSALS_SHARE = 1 / 8;

/** The limits that depend on descriptors. */
export type ConnectionLimits = Pick<
  LobbyLimits,
  "connections" | "connectionsPerAddress" | "refusals"
>;

/** Returns the limits, lowered where descriptors are too few; `undefined` where they suffice. */
export function fitLimits(
  { connections, connectionsPerAddress, refusals }: ConnectionLimits,
  { open, max }: Descriptors,
): ConnectionLimits | undefined {
  const free = Math.max(0, max - open - RESERVED);
  if (connections + refusals <= free) return undefined;
  const told = Math.min(refusals, Math.floor(free * REFUSALS_SHARE));
  const served = Math.max(1, Math.min(connections, free - told));
  // Who takes all that one address may have leaves as much for the others.
  const perAddress = Math.min(connectionsPerAddress, Math.ceil(served / 2));
  return {
    connections: served,
    connectionsPerAddress: perAddress,
    refusals: told,
  };
}

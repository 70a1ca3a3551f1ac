/**
 * How much may be kept of a match: whatever grows must have an end, however long a match lasts and
 * whoever sleeps.
 *
 * @module
 */
import { HISTORY_TICKS } from "../../game/rollback.ts";
import { WAITING_MAX } from "../../net/simulation/simulated.ts";
import type { VirtualMatch } from "../../net/simulation/virtual_match.ts";

/** The lobby's entries, and the segments of a player's presence. */
const LOBBY_MAX = 24;
const SEGMENTS_MAX = 3;

/** Returns what there is too much of, in words. */
export function findExcess(
  { hosts, lobby }: Pick<VirtualMatch, "hosts" | "lobby">,
): readonly string[] {
  const excess: string[] = [];
  const hold = (count: number, max: number, what: string) => {
    if (count > max) excess.push(`${count} ${what}`);
  };
  hold(lobby.size, LOBBY_MAX, "entries of the lobby");
  for (const { slot, session, transport } of hosts) {
    const at = `at slot ${slot}`;
    hold(transport?.waiting ?? 0, WAITING_MAX, `packets wait ${at}`);
    const { play } = session ?? {};
    for (const claimed of play?.hashes.claimed() ?? []) {
      hold(claimed.length, HISTORY_TICKS, `hashes ${at}`);
    }
    for (const presence of play?.presences ?? []) {
      hold(presence.length, SEGMENTS_MAX, `segments ${at}`);
    }
  }
  return excess;
}

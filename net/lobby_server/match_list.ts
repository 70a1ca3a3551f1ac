/**
 * The matches that a lobby remembers: by name, by room, and for how long.
 *
 * @module
 */
import type { RunningMatch } from "./running_matches.ts";

/** Matches with and without connections; those without are kept until `forget`. */
export class MatchList {
  readonly #matches = new Map<string, RunningMatch>();

  get size(): number {
    return this.#matches.size;
  }

  /** Those in which anybody is connected. */
  get running(): readonly RunningMatch[] {
    return this.#list().filter(({ connections }) => connections > 0);
  }

  /** The running match that began last. */
  get newest(): RunningMatch | undefined {
    return newestOf(this.running);
  }

  /** The running match of a room: the newest, for connections of one that is over may outlast it. */
  inRoom(room: string): RunningMatch | undefined {
    return newestOf(this.running.filter((match) => match.room === room));
  }

  get(name: string): RunningMatch | undefined {
    return this.#matches.get(name);
  }

  add(match: RunningMatch): void {
    this.#matches.set(match.match, match);
  }

  /** Forgets matches without connections: those that had the last one long ago, or are too many. */
  forget(
    nowMs: number,
    { emptyMax, lingerMs }: {
      readonly emptyMax: number;
      readonly lingerMs: number;
    },
  ): void {
    const empty = this.#list()
      .filter(({ connections }) => connections === 0)
      .sort((a, b) => a.emptySinceMs - b.emptySinceMs);
    for (const [index, match] of empty.entries()) {
      const isOld = nowMs - match.emptySinceMs >= lingerMs;
      // Whoever starts matches and leaves them, over and over, only pushes out forgotten ones.
      const isTooMany = index < empty.length - emptyMax;
      if (isOld || isTooMany) this.#matches.delete(match.match);
    }
  }

  #list(): readonly RunningMatch[] {
    return [...this.#matches.values()];
  }
}

function newestOf(matches: readonly RunningMatch[]): RunningMatch | undefined {
  return matches.toSorted((a, b) => a.number - b.number).at(-1);
}

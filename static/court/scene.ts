/**
 * What the court shows at one moment, as far as `court_canvas.ts` has to be told.
 *
 * @module
 */
import type { Picture } from "../motion/motion.ts";
import type { Turn } from "./turn.ts";

export interface Scene {
  readonly players: number;
  /** The own slot, -1 for none. */
  readonly me: number;
  /** By slot, all four. */
  readonly looks: readonly number[];
  /** Before the first one, only the court itself is drawn. */
  readonly picture: Picture | undefined;
  readonly nowMs: number;
  /** The player wants less motion. */
  readonly isReduced: boolean;
  /** The element that holds the court must have the turned court's aspect. */
  readonly turn: Turn;
  readonly isGhostShown: boolean;
}

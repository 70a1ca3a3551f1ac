/**
 * Whose hand is on the paddle: a person's, by way of the page, or a bot's.
 *
 * @module
 */
import { botInput, createBot, type Skill } from "../../game/bot.ts";
import type { State } from "../../game/state.ts";
import type { Assets } from "../page/assets.ts";

/** Who moves the paddle. */
export type Control =
  | { readonly kind: "human"; readonly assets: Assets }
  | { readonly kind: "bot"; readonly skill: Skill };

/** Returns the input (−127…127) for the next tick; before play there is no state. */
export type Hand = (state: State | undefined) => number;

/** What a hand has to know. */
export interface HandOptions {
  readonly slot: number;
  /** The person's input as the page has it now. */
  readonly axis: () => number;
  /** Fresh, unguessable bytes: no two bots play alike. */
  readonly randomBytes: (length: number) => Uint8Array;
}

/** Makes the hand for one match. */
export function createHand(
  control: Control,
  { slot, axis, randomBytes }: HandOptions,
): Hand {
  if (control.kind === "human") return axis;
  const seed = new DataView(randomBytes(4).buffer).getInt32(0);
  const bot = createBot({ slot, skill: control.skill, seed });
  return (state) => state ? botInput(bot, state) : 0;
}

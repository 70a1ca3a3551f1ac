/**
 * The words of the start screen that depend on something, and its choices.
 *
 * @module
 */
import { type Skill, SKILLS } from "../../game/bot.ts";
import { SLOTS_MAX } from "../../game/court.ts";
import type { JoinSettings } from "../../net/page/message.ts";
import type { Option } from "../html/elements.ts";

/** Colours by name, for who can't tell them apart. */
const LOOK_NAMES = ["Sky", "Orange", "Green", "Pink"];

/** The three ways to play. */
export const MODES: readonly Option<JoinSettings["mode"]>[] = [
  {
    value: "bots",
    text: "Play against bots",
    detail: "At once, on this computer.",
  },
  {
    value: "quick",
    text: "Quick match",
    detail: "With whoever comes next.",
  },
  {
    value: "room",
    text: "Room with a code",
    detail: "With friends. No code opens a room.",
  },
];

const SKILL_NAMES: Readonly<Record<Skill, string>> = {
  easy: "Easy",
  normal: "Normal",
  hard: "Hard",
};

const NUMBERS: readonly Option[] = Array.from(
  { length: SLOTS_MAX - 1 },
  (_, i) => ({ value: `${i + 2}`, text: `${i + 2}` }),
);

/** What there is to choose, by the name of the setting. */
export const START_CHOICES: Readonly<
  Record<
    "look" | "mode" | "players" | "quickPlayers" | "skill",
    readonly Option[]
  >
> = {
  look: LOOK_NAMES.map((text, look) => ({ value: String(look), text, look })),
  mode: MODES,
  players: NUMBERS,
  quickPlayers: [{ value: "0", text: "Any" }, ...NUMBERS],
  skill: SKILLS.map((skill) => ({ value: skill, text: SKILL_NAMES[skill] })),
};

/** What stands on the primary button. */
export function playText(isBusy: boolean): string {
  return isBusy ? "Joining" : "Play";
}

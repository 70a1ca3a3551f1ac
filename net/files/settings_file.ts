/**
 * What a person chose, remembered from one start to the next.
 *
 * The page can't remember it: its port, and so its storage, is another one each time.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { z } from "zod";
import { DEFAULT_RULES } from "../../game/court.ts";
import { DEFAULT_LOBBY_PORT } from "../lobby/protocol.ts";
import {
  DEFAULT_PREFERENCES,
  type JoinSettings,
  joinSettings,
  type Preferences,
  preferences,
} from "../page/message.ts";
import { readState, StateFolderError, writeState } from "./state_folder.ts";

const log = getLogger(["pong", "settings"]);

const FILE = "settings.json";

const file = z.object({ join: joinSettings, preferences });

/** What is remembered. */
export interface Settings {
  readonly join: JoinSettings;
  readonly preferences: Preferences;
}

/** Returns what a person begins with who has chosen nothing yet. */
export function defaultSettings(name: string): Settings {
  return {
    join: {
      name,
      look: 0,
      mode: "bots",
      host: "",
      port: DEFAULT_LOBBY_PORT,
      room: "",
      ...DEFAULT_RULES,
      quickPlayers: 0,
      skill: "normal",
    },
    preferences: DEFAULT_PREFERENCES,
  };
}

/** Returns what was remembered, or `fresh` where there is nothing or it can't be understood. */
export async function readSettings(
  folder: string,
  fresh: Settings,
): Promise<Settings> {
  try {
    const bytes = await readState(folder, FILE);
    if (bytes === undefined) return fresh;
    return file.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    // Whatever is wrong with them, a person can choose again.
    log.warn("The settings are begun anew: {error}", { error });
    return fresh;
  }
}

/** Remembers `settings`; that the folder can't be written to is logged, and otherwise ignored. */
export async function writeSettings(
  folder: string,
  settings: Settings,
): Promise<void> {
  const bytes = new TextEncoder().encode(JSON.stringify(settings, null, 2));
  try {
    await writeState(folder, FILE, bytes);
  } catch (error) {
    if (!(error instanceof StateFolderError)) throw error;
    log.warn("{message}", { message: error.message });
  }
}

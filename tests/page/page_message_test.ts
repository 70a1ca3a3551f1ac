/** What a page may say, to the last value of each limit. */
import { expect } from "@std/expect";
import { createState } from "../../game/state.ts";
import { decodeStates, encodeStates, isState } from "../../game/state_bytes.ts";
import {
  DEFAULT_PREFERENCES,
  parsePageMessage,
} from "../../net/page/message.ts";
import { liesAbout } from "../support/lied_value.ts";
import { expectLimits, type Limits, TEXT } from "../support/limits.ts";

const FLAG = [[true, false], [0, "true"]] as const;
const SLOT = [[0, 3], [-1, 4, 0.5]] as const;
const TARGET = [[1, 99], [0, 100, 1.5]] as const;
const KEY = [["", TEXT(32)], [TEXT(33)]] as const;

const SETTINGS = {
  ...{ name: "Mia", look: 0, mode: "bots", host: "", port: 5555, room: "" },
  ...{ players: 2, points: 11, lives: 5, skill: "normal", quickPlayers: 0 },
};
const FAULTS = { latencyMs: 0, jitterMs: 0, lossPercent: 0, isCut: false };

const MESSAGES: readonly (readonly [Record<string, unknown>, Limits])[] = [
  [{ kind: "input", axis: 0 }, { axis: [[-127, 127], [-128, 128, 0.5, "1"]] }],
  [{ kind: "join", settings: SETTINGS }, {
    "settings.name": [["", TEXT(48)], [TEXT(49)]],
    "settings.look": SLOT,
    "settings.mode": [["quick", "room"], ["other"]],
    "settings.host": [["", TEXT(255)], [TEXT(256)]],
    "settings.port": [[1, 65535], [0, 65536]],
    "settings.room": [["", TEXT(12)], [TEXT(13)]],
    "settings.players": [[2, 4], [1, 5]],
    "settings.quickPlayers": [[2, 4], [1, 5]],
    "settings.points": TARGET,
    "settings.lives": TARGET,
    "settings.skill": [["easy", "hard"], ["clever"]],
  }],
  [{ kind: "ready", isReady: true }, { isReady: FLAG }],
  [{ kind: "move", room: "ABC" }, { room: [[TEXT(12)], [TEXT(13)]] }],
  [{ kind: "alive" }, {}],
  [{ kind: "addBot" }, {}],
  [{ kind: "removeBot", slot: 0 }, { slot: SLOT }],
  [{ kind: "rematch" }, {}],
  [{ kind: "leave" }, {}],
  [{ kind: "preferences", preferences: DEFAULT_PREFERENCES }, {
    "preferences.isMuted": FLAG,
    "preferences.volume": [[0, 0.5, 100], [-1, 101]],
    "preferences.isFilterOn": FLAG,
    "preferences.ownSide": [["left", "bottom"], ["right"]],
    "preferences.keys.up": KEY,
    "preferences.keys.down": KEY,
    "preferences.keys.left": KEY,
    "preferences.keys.right": KEY,
  }],
  [{ kind: "inspect", isOn: true }, { isOn: FLAG }],
  [{ kind: "faults", faults: FAULTS }, {
    "faults.latencyMs": [[0.5, 500], [-1, 501]],
    "faults.jitterMs": [[0.5, 200], [-1, 201]],
    "faults.lossPercent": [[0.5, 50], [-1, 51]],
    "faults.isCut": FLAG,
  }],
  [{ kind: "run", isRunning: true }, { isRunning: FLAG }],
  [{ kind: "speed", speed: 1 }, { speed: [[0.1, 4], [0.09, 4.01]] }],
  [{ kind: "seek", tick: 0 }, { tick: [[0x7fffffff], [-1, 0x80000000, 0.5]] }],
];

for (const [message, limits] of MESSAGES) {
  Deno.test(`"${message.kind}" of a page is taken within its limits, and refused beyond`, () => {
    expectLimits(
      message,
      limits,
      (line) => parsePageMessage(line) !== undefined,
    );
  });
}

Deno.test("a message with any fields lied about is refused, or taken as what it says", () => {
  for (const [message] of MESSAGES) {
    for (const lied of liesAbout(message)) {
      const taken = parsePageMessage(JSON.stringify(lied));
      if (!taken) continue;
      expect(parsePageMessage(JSON.stringify(taken))).toEqual(taken);
    }
  }
});

Deno.test("states with any numbers lied about are refused by the page, or states of Pong", () => {
  const states = [2, 4].map((players) =>
    createState({ players, points: 5, lives: 5 }, 1)
  );
  let refused = 0;
  for (const lied of liesAbout(states)) {
    if (lied.some((state) => !(state instanceof Int32Array))) continue;
    const taken = decodeStates(encodeStates(lied));
    if (!taken) refused++;
    expect(taken ? taken.every(isState) : true).toBe(true);
  }
  expect(refused).toBeGreaterThan(0);
});

Deno.test("what isn't text, JSON or a message of a page is none", () => {
  for (const data of [{ kind: "leave" }, "{", "null", '{"kind":"other"}']) {
    expect(parsePageMessage(data)).toBe(undefined);
  }
  expect(parsePageMessage('{"kind":"leave","more":1}'))
    .toEqual({ kind: "leave" });
});

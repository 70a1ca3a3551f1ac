/** Preferences, the keys that steer, and the keys that do something else. */
import { expect } from "@std/expect";
import {
  DEFAULT_PREFERENCES,
  type PageMessage,
} from "../../net/page/message.ts";
import { type KeyPress, shortcutOf } from "../../static/hud/shortcuts.ts";
import { createPreferences } from "../../static/line/preferences.ts";
import { withKey } from "../../static/steering/directions.ts";

const { keys } = DEFAULT_PREFERENCES;

function press(changes: Partial<KeyPress>): KeyPress {
  const none = { altKey: false, ctrlKey: false, metaKey: false, repeat: false };
  return { key: "m", code: "KeyM", ...none, ...changes };
}

Deno.test("withKey() changes one key, and swaps it with the direction that had it", () => {
  expect(withKey(keys, "up", "KeyQ")).toEqual({ ...keys, up: "KeyQ" });
  expect(withKey(keys, "up", "KeyS"))
    .toEqual({ ...keys, up: "KeyS", down: "KeyW" });
  expect(withKey(keys, "up", "KeyW")).toEqual(keys);
});

Deno.test("shortcutOf() goes by what a key types, and by its place on keyboards of other letters", () => {
  const cases = [
    [{}, "mute"],
    [{ key: "M" }, "mute"],
    // A Latin letter, but of no English keyboard.
    [{ key: "\x80" }, "mute"],
    // Where an English keyboard has its M, a French one has its comma.
    [{ key: "," }, "settings"],
    [{ key: "ь" }, "mute"],
    [{ key: "x", code: "KeyX" }, undefined],
  ] as const;
  for (const [changes, shortcut] of cases) {
    expect(shortcutOf(press(changes), keys)).toBe(shortcut);
  }
  expect(shortcutOf(press({}), undefined)).toBe("mute");
});

Deno.test("shortcutOf() leaves alone what steers, what repeats and what the browser wants", () => {
  for (const is of ["repeat", "ctrlKey", "metaKey", "altKey"]) {
    expect(shortcutOf(press({ [is]: true }), keys)).toBeUndefined();
  }
  for (const code of ["KeyM", ""]) {
    const steering = { ...keys, up: "KeyM" };
    expect(shortcutOf(press({ code }), steering)).toBeUndefined();
  }
});

Deno.test("preferences hold at once, so that a second change doesn't undo the first", () => {
  const sent: PageMessage[] = [];
  const preferences = createPreferences((message) => sent.push(message));
  preferences.change({ volume: 5 }); // There is nothing yet to change.
  expect([preferences.now(), sent]).toEqual([undefined, []]);
  preferences.take(DEFAULT_PREFERENCES);

  preferences.change({ volume: 10 });
  preferences.take(DEFAULT_PREFERENCES); // Said before the process had heard.
  preferences.change({ isMuted: true });

  const wanted = { ...DEFAULT_PREFERENCES, volume: 10, isMuted: true };
  expect(preferences.now()).toEqual(wanted);
  expect(sent[1]).toEqual({ kind: "preferences", preferences: wanted });

  // What another page has changed is followed, too.
  preferences.take({ ...DEFAULT_PREFERENCES, volume: 5 });
  expect(preferences.now()?.volume).toBe(5);
});

/** What the page hears of keys, mouse and fingers, and whom it leaves them to. */
import { expect } from "@std/expect";
import { PADDLE_HALF, UNIT } from "../../game/court.ts";
import { DEFAULT_PREFERENCES } from "../../net/page/message.ts";
import { watchPixelRatio } from "../../static/court/pixel_ratio.ts";
import { watchUse } from "../../static/html/control_use.ts";
import { createWakeLock } from "../../static/html/wake_lock.ts";
import { listenToShortcuts } from "../../static/hud/shortcut_keys.ts";
import { listenToReplayKeys } from "../../static/replay/keys.ts";
import { createSteering } from "../../static/steering/steering.ts";
import { VirtualTime } from "../support/virtual_time.ts";

const { keys } = DEFAULT_PREFERENCES;

/** Stands in for an element, which selectors find by its tag alone. */
class Tag extends EventTarget {
  constructor(readonly tag: string, readonly type = "") {
    super();
  }

  matches(selectors: string): boolean {
    return selectors.split(/, ?/).includes(this.tag);
  }

  closest(selectors: string): Tag | null {
    return this.matches(selectors) ? this : null;
  }
}
Object.assign(globalThis, { Element: Tag, HTMLInputElement: Tag });

/** Tells listeners of an event; returns whether one of them took it. */
function tell(
  on: EventTarget,
  type: string,
  { target = on, isTaken = false, ...fields }: Record<string, unknown> = {},
): boolean {
  const event = new Event(type, { cancelable: true });
  Object.defineProperty(event, "target", { value: target });
  if (isTaken) event.preventDefault();
  on.dispatchEvent(Object.assign(event, fields));
  return !isTaken && event.defaultPrevented;
}

/** A page with a duel's left paddle in the middle of a court of one CSS pixel to the unit. */
function openPage() {
  const axes = [0];
  const window = Object.assign(new EventTarget(), {
    document: new EventTarget(),
    navigator: {},
  });
  const court = { left: 0, top: 0, width: 1600, height: 900 };
  const at = 450 * UNIT;
  const steering = createSteering({
    // What is looked at of a window and an element.
    window: window as unknown as Window,
    court: { getBoundingClientRect: () => court } as unknown as HTMLElement,
    own: () => ({ slot: 0, turn: 0, players: 2, at, half: PADDLE_HALF, keys }),
    onAxis: (axis) => axes.push(axis),
  });
  let nowMs = 0;
  return {
    window,
    axis() {
      steering.update(nowMs += 16);
      return axes.at(-1);
    },
    point(type: string, y: number, fields: Record<string, unknown> = {}) {
      const place = { clientX: 800, clientY: y };
      const finger = { pointerType: "touch", pointerId: 1 };
      tell(window, `pointer${type}`, { ...finger, ...place, ...fields });
    },
  };
}

for (const end of ["up", "cancel"]) {
  Deno.test(`a finger steers until its own pointer${end}, not another's`, () => {
    const { axis, point } = openPage();
    point("down", 300);
    point("down", 300, { pointerId: 2 });
    point("move", 100, { pointerId: 2 });
    expect(axis()).toBe(0);
    point("move", 500);
    expect(axis()).toBe(127);

    point(end, 500, { pointerId: 2 });
    expect(axis()).toBe(127);
    point(end, 500);

    expect(axis()).toBe(0);
    point("move", 700);
    expect(axis()).toBe(0);
  });
}

Deno.test("the mouse steers without a button, and is no finger", () => {
  const { axis, point } = openPage();
  const mouse = { pointerType: "mouse" };
  point("move", 800, mouse);
  expect(axis()).toBe(127);

  point("down", 800, mouse);
  expect(axis()).toBe(127);
  point("move", 100, { ...mouse, target: new Tag("button") });
  expect(axis()).toBe(127);
  point("move", 100, { ...mouse, target: new Tag("canvas") });

  expect(axis()).toBe(-127);
});

Deno.test("a finger that is put on a control means it, one that passes over it steers on", () => {
  const { axis, point } = openPage();
  const target = new Tag("button");
  point("down", 300, { target });
  point("move", 500);
  expect(axis()).toBe(0);
  point("up", 500);

  point("down", 300);
  point("move", 500, { target });

  expect(axis()).toBe(127);
});

Deno.test("a key steers unless it is the browser's, a control's or taken already", () => {
  const { window, axis } = openPage();
  const press = (fields: Record<string, unknown>) =>
    tell(window, "keydown", { code: "KeyW", ...fields });
  const others = ["ctrlKey", "metaKey", "altKey", "isTaken"]
    .map((is) => ({ [is]: true }));
  for (
    const other of [...others, { target: new Tag("select") }, { code: "KeyX" }]
  ) {
    expect(press(other)).toBe(false);
    expect(axis()).toBe(0);
  }

  expect(press({ target: new Tag("button") })).toBe(true);
  expect(axis()).toBe(-127);
  tell(window, "keyup", { code: "KeyS" });
  expect(axis()).toBe(-127);
  tell(window, "keyup", { code: "KeyW" });
  expect(axis()).toBe(0);
});

Deno.test("keys are let go with Cmd, and where the page will hear no more of them", () => {
  const { window, axis } = openPage();
  for (
    const [on, type, fields] of [
      [window, "keyup", { key: "Meta", code: "MetaLeft" }],
      [window, "blur", {}],
      [window.document, "visibilitychange", {}],
      [window, "contextmenu", {}],
      [window, "dragstart", {}],
    ] as const
  ) {
    tell(window, "keydown", { code: "KeyW" });
    expect(axis()).toBe(-127);

    tell(on, type, fields);

    expect(axis()).toBe(0);
  }
});

Deno.test("a finger that rests until a menu comes steers on, and a key without a place is known by what it types", () => {
  const { window, axis, point } = openPage();
  tell(window, "keydown", { code: "", key: "w" });
  expect(axis()).toBe(-127);
  tell(window, "keyup", { code: "Unidentified", key: "W" });
  expect(axis()).toBe(0);

  point("down", 300);
  tell(window, "contextmenu");
  point("move", 500);

  expect(axis()).toBe(127);
});

Deno.test("the screen stays awake as long as that is wanted, and again once the page is seen again", async () => {
  using time = new VirtualTime();
  const document = Object.assign(new EventTarget(), { hidden: true });
  let asked: string[] = [];
  const wakeLock = {
    isRefused: false,
    request() {
      asked.push("ask");
      const release = () => Promise.resolve(void asked.push("release"));
      return wakeLock.isRefused
        ? Promise.reject(new Error("The battery is low."))
        : Promise.resolve({ release });
    },
  };
  const locks = [{ wakeLock }, {}]
    .map((navigator) => createWakeLock({ document, navigator }));
  const does = async (news: object, isWanted?: boolean) => {
    asked = [];
    Object.assign(wakeLock, Object.assign(document, news));
    if (isWanted === undefined) tell(document, "visibilitychange");
    else for (const { set } of locks) set(isWanted);
    await time.settle();
    return asked.join();
  };

  expect(await does({}, true)).toBe("");
  expect(await does({ hidden: false })).toBe("ask");
  expect(await does({}, true)).toBe("");
  expect(await does({ hidden: true })).toBe("");
  expect(await does({ hidden: false })).toBe("ask");
  expect(await does({}, false)).toBe("release");
  expect(await does({ isRefused: true }, true)).toBe("ask");
  expect(await does({ isRefused: false })).toBe("ask");
});

Deno.test("a screen with other pixels is noticed, and the next one too", () => {
  const changes = new EventTarget();
  const asked: string[] = [];
  const window = {
    devicePixelRatio: 1,
    matchMedia: (query: string) => (asked.push(query), changes),
  };
  let noticed = 0;
  // What is looked at of a window.
  watchPixelRatio(window as unknown as Window, () => noticed++);

  for (const ratio of [2, 1.5]) {
    window.devicePixelRatio = ratio;
    tell(changes, "change");
  }

  expect(asked)
    .toEqual([1, 2, 1.5].map((ratio) => `(resolution: ${ratio}dppx)`));
  expect(noticed).toBe(2);
});

const TIME_LINE = new Tag("input", "range");
const REPLAY_KEYS: readonly (readonly [Record<string, unknown>, string])[] = [
  [{ key: "," }, "-1"],
  [{ key: "." }, "1"],
  [{ key: "ArrowLeft" }, ""],
  ...["ArrowLeft", "ArrowDown", "ArrowRight", "ArrowUp"].map((key, at) =>
    [{ key, target: TIME_LINE }, at < 2 ? "-1" : "1"] as const
  ),
  [{ key: "ArrowLeft", target: new Tag("ul") }, ""],
  [{ key: " " }, "play"],
  [{ key: " ", target: new Tag("ul") }, "play"],
  [{ key: " ", repeat: true }, "taken"],
  [{ key: ".", repeat: true }, "1"],
  [{ key: " ", target: new Tag("button") }, ""],
  [{ key: ".", target: new Tag("button") }, "1"],
  [{ key: ".", target: new Tag("select") }, ""],
  [{ key: "x" }, ""],
  [{ key: ".", ctrlKey: true }, ""],
  [{ key: ".", metaKey: true }, ""],
  [{ key: " ", altKey: true }, ""],
];

Deno.test("a replay's keys step and pause, where they mean nothing else", () => {
  for (const isOn of [true, false]) {
    const document = new EventTarget();
    const done: string[] = [];
    listenToReplayKeys(document as Document, {
      // Only its place among targets counts.
      timeLine: TIME_LINE as unknown as HTMLElement,
      isOn: () => isOn,
      onStep: (ticks) => done.push(String(ticks)),
      onPlayOrPause: () => done.push("play"),
    });
    let isLeft = true;
    document.addEventListener("keydown", (event) => {
      isLeft = !event.cancelBubble;
    });
    for (const [press, does] of REPLAY_KEYS) {
      const wanted = isOn ? does : "";
      const isTaken = tell(document, "keydown", press);
      const heard = done.pop() ?? (isTaken ? "taken" : "");
      expect({ press, heard, isTaken, isLeft }).toEqual({
        ...{ press, heard: wanted, isTaken: wanted !== "" },
        isLeft: wanted === "",
      });
    }
  }
});

Deno.test("shortcuts are heard unless something is typed, and then do nothing else", () => {
  const document = new EventTarget();
  const heard: string[] = [];
  listenToShortcuts(document as Document, {
    keys: () => keys,
    onShortcut: (shortcut) => heard.push(shortcut),
  });
  for (
    const [key, target, isHeard] of [
      ["m", new Tag("input", "text"), false],
      ["x", document, false],
      ["m", new Tag("input", "radio"), true],
      ["m", new Tag("input", "checkbox"), true],
      ["m", new Tag("input", "range"), true],
      ["m", document, true],
    ] as const
  ) {
    expect(tell(document, "keydown", { key, code: "KeyM", target }))
      .toBe(isHeard);
    expect(heard.pop()).toBe(isHeard ? "mute" : undefined);
  }
});

Deno.test("a control is in use while it is held, and 250 ms after it was changed", () => {
  using time = new VirtualTime();
  const controls = new EventTarget();
  // Only its events count.
  const use = watchUse(controls as HTMLElement);
  expect(use.isOngoing()).toBe(false);

  for (const end of ["pointerup", "pointercancel"]) {
    tell(controls, "pointerdown");
    time.nowMs += 5000;
    expect(use.isOngoing()).toBe(true);
    tell(globalThis as unknown as EventTarget, end);
    expect(use.isOngoing()).toBe(false);
  }
  const changes = ["input", "click"].map((type) => () => tell(controls, type));
  for (const change of [...changes, use.prolong]) {
    change();
    time.nowMs += 249;
    expect(use.isOngoing()).toBe(true);
    time.nowMs++;
    expect(use.isOngoing()).toBe(false);
  }
});

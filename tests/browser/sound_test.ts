/** The sounds as a real browser computes them, without a loudspeaker. */
import { expect } from "@std/expect";
import type { Page } from "playwright-core";
import { test as browserTest } from "../support/browser.ts";
import { importPart } from "../support/bundled.ts";

/** Gives every sound an output that only computes, 1 s long, and takes what it plays from there. */
const STUDIO = `
  globalThis.AudioContext = class extends OfflineAudioContext {
    constructor() {
      super(2, 44100, 44100);
      globalThis.studio = this;
    }
    get state() {
      return "running";
    }
  };
  globalThis.record = async () => {
    const buffer = await studio.startRendering();
    return [0, 1].map((channel) => [...buffer.getChannelData(channel)]);
  };
`;

function test(name: string, check: (page: Page) => Promise<void>): void {
  browserTest(name, async (browser) => {
    const page = await browser.open("about:blank");
    await importPart(page, "sound/sound.ts");
    await check(page);
  });
}

/** Returns the samples of both ears. */
function record(
  page: Page,
  { kind = "paddle", pan = 0, isMuted = false, isEarly = false },
): Promise<readonly [left: readonly number[], right: readonly number[]]> {
  const play = `sound.play({ kind: "${kind}", pan: ${pan} });`;
  return page.evaluate(`(async () => {
    ${STUDIO}
    const sound = part.createSound();
    sound.setVolume({ volume: 100, isMuted: ${isMuted} });
    ${isEarly ? play : ""}
    sound.unlock();
    ${isEarly ? "" : play}
    return await record();
  })()`);
}

/** The pitch heard for 40 ms from a moment on, in Hz: from one rise through zero to the last. */
function pitchAt(samples: readonly number[], fromMs: number): number {
  const rises: number[] = [];
  for (let i = fromMs * 44; i < (fromMs + 40) * 44; i++) {
    if (samples[i] < 0 && samples[i + 1] >= 0) rises.push(i);
  }
  return (rises.length - 1) * 44_100 / (rises[rises.length - 1] - rises[0]);
}

function loudest(samples: readonly number[]): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

test("each event has its notes, none of which is longer than 120 ms", async (page) => {
  const notes = { paddle: [440], wall: [220], goal: [440, 293] };
  const events = { ...notes, win: [440, 550, 660] };
  for (const [kind, pitches] of Object.entries(events)) {
    const [left] = await record(page, { kind });

    const heard = pitches.map((_, i) => pitchAt(left, 110 * i + 10));
    const wrong = heard.filter((hz, i) => Math.abs(hz - pitches[i]) > 3);
    expect({ kind, wrong }).toEqual({ kind, wrong: [] });
    expect(loudest(left.slice(120 * 44.1 * pitches.length))).toBe(0);
  }
});

test("a sound comes from its side, and never when muted or before a key", async (page) => {
  const [left, right] = await record(page, { pan: -0.8 });
  expect(loudest(left)).toBeGreaterThan(3 * loudest(right));

  for (const never of [{ isMuted: true }, { isEarly: true }]) {
    const [left] = await record(page, never);
    expect(loudest(left)).toBe(0);
  }
});

test("a browser without Web Audio stays silent, and says so", async (page) => {
  const isAvailable = await page.evaluate(`(() => {
    globalThis.AudioContext = class {
      constructor() {
        throw new Error("There is no device.");
      }
    };
    const sound = part.createSound();
    const before = sound.isAvailable;
    sound.unlock();
    sound.setVolume({ volume: 60, isMuted: false });
    sound.play({ kind: "win", pan: 0 });
    delete globalThis.AudioContext;
    return [before, sound.isAvailable, part.createSound().isAvailable];
  })()`);

  expect(isAvailable).toEqual([true, false, false]);
});

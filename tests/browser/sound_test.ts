/**
 * The sounds as a real browser computes them, without a loudspeaker.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Page } from "playwright-core";
import { test, type TestBrowser } from "../support/browser.ts";
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

/** The samples of both ears. */
type Recording = readonly [left: readonly number[], right: readonly number[]];

async function withSound(
  browser: TestBrowser,
  check: (page: Page) => Promise<void>,
): Promise<void> {
  const page = await browser.open("about:blank");
  await importPart(page, "sound/sound.ts");
  await check(page);
}

function record(page: Page, script: string): Promise<Recording> {
  return page.evaluate(`(async () => {
    ${STUDIO}
    const sound = part.createSound();
    ${script}
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

const PITCHES = {
  paddle: [440],
  wall: [220],
  goal: [440, 293],
  win: [440, 550, 660],
};

test("each event has its notes, none of which is longer than 120 ms", (browser) =>
  withSound(browser, async (page) => {
    for (const [kind, pitches] of Object.entries(PITCHES)) {
      const [left] = await record(
        page,
        `sound.setVolume({ volume: 100, isMuted: false });
        sound.unlock();
        sound.play({ kind: "${kind}", pan: 0 });`,
      );

      const heard = pitches.map((_, i) => pitchAt(left, 110 * i + 10));
      const wrong = heard.filter((hz, i) => Math.abs(hz - pitches[i]) > 3);
      expect({ kind, wrong }).toEqual({ kind, wrong: [] });
      expect(loudest(left.slice(120 * 44.1 * pitches.length))).toBe(0);
    }
  }));

test("a sound comes from its side, and never when muted or before a key", (browser) =>
  withSound(browser, async (page) => {
    const [left, right] = await record(
      page,
      `sound.setVolume({ volume: 60, isMuted: false });
      sound.unlock();
      sound.play({ kind: "paddle", pan: -0.8 });`,
    );
    expect(loudest(left)).toBeGreaterThan(3 * loudest(right));

    const muted = await record(
      page,
      `sound.setVolume({ volume: 60, isMuted: true });
      sound.unlock();
      sound.play({ kind: "paddle", pan: 0 });`,
    );
    expect(loudest(muted[0])).toBe(0);

    const early = await record(
      page,
      `sound.setVolume({ volume: 60, isMuted: false });
      sound.play({ kind: "paddle", pan: 0 });
      sound.unlock();`,
    );
    expect(loudest(early[0])).toBe(0);
  }));

test("a browser without Web Audio stays silent, and says so", (browser) =>
  withSound(browser, async (page) => {
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
  }));

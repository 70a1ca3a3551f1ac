/**
 * The sounds of the game, synthesised: no files, and nothing to load.
 *
 * A browser lets a page sound only after somebody has pressed something on it, so nothing is heard
 * before `unlock`. Where Web Audio is missing or broken, the game stays silent.
 *
 * @module
 */
import type { SoundEvent } from "./sound_events.ts";

export interface Loudness {
  /** 0…100. */
  readonly volume: number;
  readonly isMuted: boolean;
}

export interface Sound {
  /** This browser can sound. */
  readonly isAvailable: boolean;
  /** Call it on every key and pointer: a page that was asleep needs waking again. */
  unlock(): void;
  /** Sounds now or, when that is not possible now, never. */
  play(event: SoundEvent): void;
  setVolume(loudness: Loudness): void;
}

interface Note {
  readonly frequencyHz: number;
  readonly delayMs: number;
  readonly durationMs: number;
}

const NOTES: Readonly<Record<SoundEvent["kind"], readonly Note[]>> = {
  paddle: [{ frequencyHz: 440, delayMs: 0, durationMs: 80 }],
  wall: [{ frequencyHz: 220, delayMs: 0, durationMs: 60 }],
  // A fifth down.
  goal: [
    { frequencyHz: 440, delayMs: 0, durationMs: 110 },
    { frequencyHz: 440 * 2 / 3, delayMs: 110, durationMs: 120 },
  ],
  // A major triad up.
  win: [
    { frequencyHz: 440, delayMs: 0, durationMs: 110 },
    { frequencyHz: 440 * 5 / 4, delayMs: 110, durationMs: 110 },
    { frequencyHz: 440 * 3 / 2, delayMs: 220, durationMs: 120 },
  ],
};

/** Shorter clicks, longer lags behind the picture. */
const ATTACK_MS = 6;
/** What a note has faded to at its end; an exponential fade never gets to 0. */
const SILENCE = 0.001;
/** Of full scale at volume 100: several notes at once don't distort. */
const GAIN_MAX = 0.35;
/** Notes at once, a fast replay's included. */
const NOTES_MAX = 8;
/** Over which a change of volume is spread, so that it doesn't click. */
const VOLUME_FADE_SECONDS = 0.02;

interface Output {
  readonly context: AudioContext;
  readonly master: GainNode;
}

export function createSound(): Sound {
  let isAvailable = "AudioContext" in globalThis;
  let output: Output | undefined;
  let gain = 0;
  let notes = 0;

  function open(): Output | undefined {
    try {
      const context = new AudioContext({ latencyHint: "interactive" });
      const master = new GainNode(context, { gain });
      master.connect(context.destination);
      return { context, master };
    } catch {
      // No audio device, or too many pages that use it.
      isAvailable = false;
      return undefined;
    }
  }

  function playNote({ context, master }: Output, note: Note, pan: number) {
    if (notes >= NOTES_MAX) return;
    const { frequencyHz, delayMs, durationMs } = note;
    const from = context.currentTime + delayMs / 1000;
    const until = from + durationMs / 1000;
    // A triangle's overtones make 220 Hz audible on a telephone.
    const tone = new OscillatorNode(context, {
      type: "triangle",
      frequency: frequencyHz,
    });
    const shape = new GainNode(context, { gain: 0 });
    shape.gain.setValueAtTime(0, from)
      .linearRampToValueAtTime(1, from + ATTACK_MS / 1000)
      .exponentialRampToValueAtTime(SILENCE, until);
    tone.connect(shape)
      .connect(new StereoPannerNode(context, { pan }))
      .connect(master);
    tone.start(from);
    tone.stop(until);
    notes++;
    tone.onended = () => notes--;
  }

  return {
    get isAvailable() {
      return isAvailable;
    },
    unlock() {
      if (!isAvailable) return;
      output ??= open();
      if (output === undefined || output.context.state === "running") return;
      output.context.resume().catch(() => {
        // Not yet allowed: the next key or pointer tries again.
      });
    },
    play({ kind, pan }) {
      // A context that sleeps would keep its sounds and let them all out when it wakes.
      if (output?.context.state !== "running" || gain === 0) return;
      for (const note of NOTES[kind]) playNote(output, note, pan);
    },
    setVolume({ volume, isMuted }) {
      // Squared, for the ear tells small steps apart better where it is quiet.
      gain = isMuted ? 0 : GAIN_MAX * (volume / 100) ** 2;
      if (output === undefined) return;
      const { context, master } = output;
      master.gain.setTargetAtTime(
        gain,
        context.currentTime,
        VOLUME_FADE_SECONDS,
      );
    },
  };
}

/**
 * Measures whether sessions keep memory over a long match.
 *
 * A process of its own plays in virtual time, collects its garbage every now and then, and compares
 * the heap in the first third of the match with that in the last. What grows only once, such as
 * compiled code and full histories, has done so in a warm-up before.
 *
 * @module
 */
import { NO_FAULTS } from "../../net/transport/link_faults.ts";
import { digits, type Figure, mean } from "./bench_figure.ts";
import { BenchMatch } from "./bench_match.ts";
import { answer, startOrdered } from "./ordered_process.ts";

/**
 * What compiler and collector add over a run by themselves. Over a million ticks it is 0.2 bytes a
 * tick; one number that is forgotten in each would be 40 times as much.
 */
const NOISE_BYTES = 128 * 1024;

/** Of the ticks, how many are played before. */
const WARM_UP_SHARE = 0.2;

/** How often the heap is measured. */
const SAMPLES = 30;

const FAULTS = { ...NO_FAULTS, delayMs: 20, jitterMs: 1, loss: 0.01 };

/** Plays a match of two, and at the same time a quarter as long a match of four. */
export function benchHeap(ticksOfTwo: number): Promise<Figure[]> {
  return Promise.all([2, 4].map(async (players) => {
    const ticks = players === 2 ? ticksOfTwo : ticksOfTwo / 4;
    const words = [players, ticks];
    const flags = ["--v8-flags=--expose-gc"];
    await using process = startOrdered("./bench_heap.ts", words, flags);
    const heapBytes: readonly number[] = await process.answer();
    const third = Math.floor(heapBytes.length / 3);
    const firstBytes = mean(heapBytes.slice(0, third));
    const lastBytes = mean(heapBytes.slice(-third));
    // From the middle of the first third to that of the last.
    const apartTicks = ticks * (1 - third / heapBytes.length);
    const kib = (bytes: number) => digits(bytes / 1024);
    return {
      name: `heap growth, ${players} sessions, ${ticks} ticks`,
      value: (lastBytes - firstBytes) / apartTicks,
      unit: "B/tick",
      wanted: Number((NOISE_BYTES / apartTicks).toPrecision(2)),
      note: `first third ${kib(firstBytes)} KiB, last ${kib(lastBytes)} KiB`,
    };
  }));
}

/** Returns the heap's bytes in use at equal distances of the match. */
function play(players: number, ticks: number): number[] {
  // V8 adds it where --expose-gc is given; TypeScript can't know.
  const { gc } = globalThis as { readonly gc?: () => void };
  if (!gc) throw new TypeError("The process needs --v8-flags=--expose-gc");
  const match = new BenchMatch({ players, faults: FAULTS });
  const warmUpTicks = Math.round(WARM_UP_SHARE * ticks);
  match.playTo(warmUpTicks);
  return Array.from({ length: SAMPLES }, (_, i) => {
    match.playTo(warmUpTicks + Math.round((i + 1) * ticks / SAMPLES));
    gc();
    return Deno.memoryUsage().heapUsed;
  });
}

if (import.meta.main) {
  const [players, ticks] = Deno.args.map(Number);
  answer(play(players, ticks));
}

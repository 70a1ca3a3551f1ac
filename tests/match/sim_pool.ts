/**
 * Plays many histories, on as many threads as the machine has cores.
 *
 * @module
 */
import type { History, Played } from "./sim_kinds.ts";

/**
 * Plays all histories and hands over what became of each, in the order in which they end. Throws
 * when one of them throws.
 */
export async function playAll(
  histories: Iterable<History>,
  onPlayed: (history: History, played: Played) => void,
): Promise<void> {
  const waiting = Iterator.from(histories);
  const threads = Array.from(
    { length: navigator.hardwareConcurrency },
    () => runThread(waiting, onPlayed),
  );
  await Promise.all(threads);
}

/** Plays one waiting history after the other on a thread of its own. */
async function runThread(
  waiting: Iterator<History>,
  onPlayed: (history: History, played: Played) => void,
): Promise<void> {
  const url = new URL("sim_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let history: History;
  const goOn = () => {
    const next = waiting.next();
    if (next.done) return resolve();
    history = next.value;
    worker.postMessage(history);
  };
  worker.onmessage = ({ data }: MessageEvent<Played>) => {
    onPlayed(history, data);
    goOn();
  };
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  goOn();
  await promise.finally(() => worker.terminate());
}

/**
 * Time that passes when a test says so: the clock, timeouts and intervals of this process.
 *
 * Whatever a test waits for under it and never comes fails the test at once, for then nothing is
 * left to do. Only what needs no real time may run under it: no sockets, no processes.
 *
 * @module
 */

interface Timer {
  readonly fire: () => void;
  /** How long until it fires again; `undefined` for a timeout. */
  readonly everyMs: number | undefined;
  dueMs: number;
}

const REAL = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
};

/** Far in the future, so that a test that has left a timer is found out by Deno's sanitizers. */
const FAR_MS = 1_000_000;

/** Stands in for the real time until disposed; who has left a timer has leaked it. */
export class VirtualTime implements Disposable {
  nowMs = 0;
  readonly #timers = new Map<number, Timer>();
  readonly #realNow = performance.now;
  #count = 0;

  constructor() {
    const start = (isInterval: boolean) => (fire: () => void, ms = 0) => {
      const everyMs = isInterval ? ms : undefined;
      const dueMs = this.nowMs + ms;
      this.#timers.set(++this.#count, { fire, everyMs, dueMs });
      return this.#count;
    };
    const stop = (id: number) => this.#timers.delete(id);
    Object.assign(globalThis, {
      ...{ setTimeout: start(false), clearTimeout: stop },
      ...{ setInterval: start(true), clearInterval: stop },
    });
    performance.now = () => this.nowMs;
  }

  /** Lets time pass; what is due happens in its order, each once the one before has settled. */
  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    await this.settle();
    for (;;) {
      const [next] = [...this.#timers].filter(([, { dueMs }]) => dueMs <= endMs)
        .sort(([, a], [, b]) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      const [id, timer] = next;
      this.nowMs = timer.dueMs;
      if (timer.everyMs === undefined) this.#timers.delete(id);
      else timer.dueMs += timer.everyMs;
      timer.fire();
      await this.settle();
    }
    this.nowMs = endMs;
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    await new Promise((resolve) => REAL.setTimeout(resolve, 0));
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, REAL);
    performance.now = this.#realNow;
    for (const { fire } of this.#timers.values()) REAL.setTimeout(fire, FAR_MS);
  }
}

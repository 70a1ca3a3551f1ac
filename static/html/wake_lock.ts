/**
 * Keeps the screen awake while the game is looked at and nobody has to touch anything.
 *
 * A browser takes the lock back whenever the page is hidden, so it is asked for again. On pages
 * without a certificate, other than those of this machine, there is none.
 *
 * @module
 */

/** Whether the screen is to stay awake. */
export interface WakeLock {
  /** Costs nothing where nothing changes. */
  set(isWanted: boolean): void;
}

/** What is used of a window. */
export interface WakeLockSource {
  readonly document: EventTarget & { readonly hidden: boolean };
  readonly navigator: { readonly wakeLock?: WakeLockGiver };
}

interface WakeLockGiver {
  request(type: "screen"): Promise<{ release(): Promise<void> }>;
}

/** Begins without a lock. */
export function createWakeLock(
  { document, navigator }: WakeLockSource,
): WakeLock {
  let isWanted = false;
  let isHeld = false;
  /** One after the other: a lock that is still on its way can't be given back. */
  let asked: Promise<void> = Promise.resolve();
  let release = () => Promise.resolve();

  const update = async () => {
    if (document.hidden) isHeld = false;
    if (document.hidden || isHeld === isWanted) return;
    try {
      if (!isWanted) await release();
      const lock = isWanted
        ? await navigator.wakeLock?.request("screen")
        : undefined;
      release = () => lock?.release() ?? Promise.resolve();
      isHeld = isWanted;
    } catch {
      // The battery is low, or the page has been hidden meanwhile: the next change asks again.
    }
  };
  const ask = () => void (asked = asked.then(update));
  document.addEventListener("visibilitychange", ask);
  return {
    set(next) {
      if (next === isWanted) return;
      isWanted = next;
      ask();
    },
  };
}

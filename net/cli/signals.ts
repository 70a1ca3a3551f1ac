/**
 * The system's signals, as wishes to end.
 *
 * @module
 */
import { createStop } from "./stop.ts";

/**
 * Aborts on Ctrl-C and, where there are such things, SIGTERM and a terminal that is closed;
 * `endAtOnce` is called the second time.
 */
export function stopSignal(endAtOnce: () => void): AbortSignal {
  const stop = createStop(endAtOnce);
  const press = () => stop.press(performance.now());
  // To be asked first: with any listener, Deno has one for this signal, too, which ends the process.
  const onHangup = isHangupIgnored() ? () => {} : press;
  Deno.addSignalListener("SIGINT", press);
  if (Deno.build.os === "windows") return stop.signal;
  Deno.addSignalListener("SIGTERM", press);
  Deno.addSignalListener("SIGHUP", onHangup);
  return stop.signal;
}

/** Whether `nohup` has asked this process to outlive its terminal, as far as a system tells. */
function isHangupIgnored(): boolean {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return /^SigIgn:.*[13579bdf]$/m.test(status);
  } catch {
    return false; // Only Linux has such a file.
  }
}

/**
 * The signals by which a system asks a program to end.
 *
 * @module
 */

/** Calls `press` for Ctrl-C and, where there are such things, SIGTERM and a terminal that closes. */
export function hearSignals(press: () => void): void {
  // To be asked first: with any listener, Deno has one for this signal, too, which ends the process.
  const onHangup = isHangupIgnored() ? () => {} : press;
  Deno.addSignalListener("SIGINT", press);
  if (Deno.build.os === "windows") return;
  Deno.addSignalListener("SIGTERM", press);
  Deno.addSignalListener("SIGHUP", onHangup);
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

/**
 * How many files and sockets (descriptors) this process has, and may have.
 *
 * @module
 */

/** How many descriptors the process has, and may have. */
export interface Descriptors {
  readonly open: number;
  readonly max: number;
}

/** Counts this process's descriptors; `undefined` where the system doesn't tell, as only Linux does. */
export function countDescriptors(): Descriptors | undefined {
  try {
    const limits = Deno.readTextFileSync("/proc/self/limits");
    const [, max] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
    const open = [...Deno.readDirSync("/proc/self/fd")].length;
    return max === undefined ? undefined : { open, max: Number(max) };
  } catch {
    return undefined; // Nothing is known, so enough is assumed.
  }
}

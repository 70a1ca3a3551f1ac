/** What signals ask for, and who may stop reading meanwhile. */
import { expect } from "@std/expect";
import { writeText } from "../../net/cli/output.ts";
import { createStop } from "../../net/cli/stop.ts";

Deno.test("the first press ends with a goodbye, the second at once; signals of one press are one", () => {
  const cases = [[[0], 0], [[0, 1, 200], 0], [[0, 200], 1], [[9, 299, 999], 2]];
  for (const [pressesMs, ends] of cases as [number[], number][]) {
    let ended = 0;
    const stop = createStop(() => ended++);
    expect(stop.signal.aborted).toBe(false);

    for (const nowMs of pressesMs) stop.press(nowMs);

    expect([pressesMs, ended, stop.signal.aborted])
      .toEqual([pressesMs, ends, true]);
  }
});

Deno.test("text is written to its end, and fails nothing where nobody reads it any more", () => {
  const written: number[] = [];
  const take = (bytes: Uint8Array) => {
    written.push(...bytes.subarray(0, 2));
    return Math.min(bytes.length, 2);
  };
  const failWith = (code: string) => ({
    writeSync(): number {
      throw Object.assign(new Error(code), { code });
    },
  });

  writeText({ writeSync: take }, "abcde");
  writeText(failWith("EPIPE"), "a");
  writeText(failWith("EIO"), "a");

  expect(String.fromCharCode(...written)).toBe("abcde");
  expect(() => writeText(failWith("ENOSPC"), "a")).toThrow("ENOSPC");
});

// The log under attack: how many lines are written, and what of errors.
import { expect } from "@std/expect";
import type { LogRecord } from "@logtape/logtape";
import { LogThrottle } from "../../net/cli/log_throttle.ts";

/** A line of a kind, which is what the logger was called with. */
function record(
  kind: string,
  n: number,
  level: LogRecord["level"] = "warning",
) {
  const properties = { n };
  return {
    ...{ category: ["pong"], level, properties, timestamp: 0 },
    ...{ rawMessage: `${kind} {n}.`, message: [`${kind} `, n, "."] },
  };
}

Deno.test("of each kind of line five are written in a period, and then how many more there were", () => {
  const written: string[] = [];
  const throttle = new LogThrottle(({ message }) =>
    written.push(message.join(""))
  );
  const flood = () => {
    for (let n = 1; n <= 1_000; n++) throttle.take(record("a", n));
    throttle.take(record("b", 1));
    throttle.sum();
  };
  const five = ["a 1.", "a 2.", "a 3.", "a 4.", "a 5.", "b 1."];
  flood();
  flood();
  throttle.sum();

  const sum = "995 more like this, the last: a 1000.";
  expect(written).toEqual([...five, sum, ...five, sum]);
  for (let n = 0; n < 9; n++) throttle.take(record("c", n, "debug"));
  expect(written.length).toBe(2 * 7 + 9);
});

Deno.test("an error is logged as what it says, with a stack if it is a mistake of ours", () => {
  const logged = (error: Error) => {
    let text: unknown;
    const throttle = new LogThrottle(({ message, properties }) => {
      expect(message[1]).toBe(properties.error);
      text = message[1];
    });
    const message = ["", error, ""];
    throttle.take({ ...record("a", 1), message, properties: { error } });
    return text;
  };
  const code = "EMFILE";
  expect(logged(Object.assign(new Error("Full"), { code }))).toBe("Full");
  expect(logged(new TypeError("oh"))).toMatch(/^TypeError: oh\n *at /);
  expect(logged(new RangeError("oh"))).toMatch(/^RangeError: oh\n *at /);
});

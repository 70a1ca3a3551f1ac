// The log under attack: how many lines are written, and what of errors, even without descriptors.
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

/** Logs errors of the system and of ours once no descriptor is left, and then fails of both. */
const STARVED = `
  import { getLogger } from "@logtape/logtape";
  import { configureLogging } from "../../net/cli/logging.ts";
  await configureLogging({ logFormat: Deno.args[0], logLevel: "warning" });
  try {
    for (;;) Deno.openSync("/dev/null");
  } catch (error) {
    const log = getLogger(["pong"]);
    log.warn("Theirs: {error}", { error });
    log.error("Ours: {error}", { error: new TypeError("oh") });
  }
`;

for (const format of ["pretty", "json"]) {
  Deno.test({
    name:
      `without a descriptor errors are logged as what they say, as ${format}`,
    ignore: Deno.build.os === "windows",
    async fn() {
      const main = new URL("starved.ts", import.meta.url).href;
      const source = STARVED.replaceAll('"../..', `"${new URL("../..", main)}`);
      const config = new URL("../../deno.json", import.meta.url).pathname;
      const { code, stderr } = await new Deno.Command("sh", {
        args: [
          ...["-c", 'ulimit -n 64; exec "$@"', "sh", Deno.execPath()],
          ...["run", "-A", "--quiet", "--config", config],
          ...[`data:application/typescript,${encodeURIComponent(source)}`],
          format,
        ],
        env: { NO_COLOR: "1" },
      }).output();
      const text = new TextDecoder().decode(stderr);
      expect([code, text]).toEqual([0, text]);
      const [theirs, ours] = text.split(/(?=^.*Ours: )/m);
      expect(theirs).toMatch(/Theirs: .*Too many open files/);
      expect(theirs).not.toMatch(/\bat .*\d+:\d+/);
      expect(ours).toMatch(/TypeError: oh[^]*at .*\d+:\d+/);
    },
  });
}

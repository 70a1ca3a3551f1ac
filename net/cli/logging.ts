/**
 * Where log lines go: standard error, for people or for programs. Standard output is the command's.
 *
 * Whatever happens how often, and whichever error is to be told, writing it down costs little and
 * fails nothing.
 *
 * @module
 */
import {
  configure,
  getAnsiColorFormatter,
  getJsonLinesFormatter,
  getTextFormatter,
} from "@logtape/logtape";
import type { LogOptions } from "./commands.ts";
import { LogThrottle, PERIOD_MS } from "./log_throttle.ts";
import { writeText } from "./output.ts";

/** Sends all logs of this process to standard error from now on. */
export async function configureLogging(
  { logFormat, logLevel }: LogOptions,
): Promise<void> {
  // The first stack that Deno writes down needs a descriptor, and where there is none left, Deno
  // ends the process. So the first one is written down now.
  void new Error().stack;
  const format = logFormat === "json"
    ? getJsonLinesFormatter()
    : Deno.stderr.isTerminal()
    ? getAnsiColorFormatter()
    : getTextFormatter();
  const throttle = new LogThrottle((record) => {
    writeText(Deno.stderr, format(record));
  });
  Deno.unrefTimer(setInterval(() => throttle.sum(), PERIOD_MS));
  globalThis.addEventListener("unload", () => throttle.sum());
  await configure({
    sinks: { stderr: (record) => throttle.take(record) },
    loggers: [
      { category: "pong", lowestLevel: logLevel, sinks: ["stderr"] },
      {
        category: ["logtape", "meta"],
        lowestLevel: "error",
        sinks: ["stderr"],
      },
    ],
  });
}

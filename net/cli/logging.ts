/**
 * Where log lines go: standard error, for people or for programs. Standard output is the command's.
 *
 * @module
 */
import {
  configure,
  getAnsiColorFormatter,
  getJsonLinesFormatter,
  getTextFormatter,
  type LogRecord,
} from "@logtape/logtape";
import type { LogOptions } from "./commands.ts";

/** Sends all logs of this process to standard error from now on. */
export async function configureLogging(
  { logFormat, logLevel }: LogOptions,
): Promise<void> {
  const encoder = new TextEncoder();
  const format = logFormat === "json"
    ? getJsonLinesFormatter()
    : Deno.stderr.isTerminal()
    ? getAnsiColorFormatter()
    : getTextFormatter();
  const writeLine = (record: LogRecord) => {
    Deno.stderr.writeSync(encoder.encode(format(record)));
  };
  await configure({
    sinks: { stderr: writeLine },
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

/**
 * Keeps the log readable whatever happens how often: others decide how often most things happen.
 *
 * Of each kind of line (one call of the logger, whatever it fills in) the first few in a while are
 * written, the others counted; then the last of them is written with their number. An error becomes
 * what it says.
 *
 * @module
 */
import type { LogRecord } from "@logtape/logtape";

/** How many lines of one kind are written in a period. */
const LINES_MAX = 5;

/** How long a period is, in ms; at its end it is said how many lines weren't written. */
export const PERIOD_MS = 10_000;

/** Lines of one kind in the current period. */
interface Kind {
  count: number;
  last: LogRecord;
}

/** Passes on to `write` what is to be written. */
export class LogThrottle {
  readonly #write: (record: LogRecord) => void;
  readonly #kinds = new Map<string, Kind>();

  constructor(write: (record: LogRecord) => void) {
    this.#write = (record) => write(withoutErrors(record));
  }

  /** Takes a line. What is for debugging is never held back. */
  take(record: LogRecord): void {
    if (record.level === "debug" || record.level === "trace") {
      return this.#write(record);
    }
    const key = [...record.category, ...record.rawMessage].join("");
    const count = (this.#kinds.get(key)?.count ?? 0) + 1;
    this.#kinds.set(key, { count, last: record });
    if (count <= LINES_MAX) this.#write(record);
  }

  /** Ends a period. */
  sum(): void {
    for (const { count, last } of this.#kinds.values()) {
      const more = count - LINES_MAX;
      if (more <= 0) continue;
      const [beginning, ...rest] = last.message;
      const said = `${more} more like this, the last: ${beginning}`;
      const properties = { ...last.properties, more };
      this.#write({ ...last, message: [said, ...rest], properties });
    }
    this.#kinds.clear();
  }
}

/** Puts what errors say in their place: the system's have stacks that lead nowhere. */
function withoutErrors(record: LogRecord): LogRecord {
  const { message, properties } = record;
  return {
    ...record,
    message: message.map(textInsteadOf),
    properties: Object.fromEntries(
      Object.entries(properties).map(([key, is]) => [key, textInsteadOf(is)]),
    ),
  };
}

function textInsteadOf(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  // A stack is for mistakes of ours.
  return value instanceof TypeError || value instanceof RangeError
    ? value.stack
    : value.message;
}

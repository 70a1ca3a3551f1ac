/**
 * Faults as a person writes them: `latency=80,jitter=20,loss=5,duplicate=1,reorder=2,cut=in`.
 *
 * @module
 */
import {
  CUTS,
  NO_TRANSPORT_FAULTS,
  type TransportFaults,
} from "../transport/faulty.ts";

/** What a text means, or one sentence on what is wrong with it. */
export type ParsedFaults =
  | { readonly kind: "faults"; readonly faults: TransportFaults }
  | { readonly kind: "wrong"; readonly message: string };

/** Longer than any way around the earth. */
const MS_MAX = 5_000;

interface FaultOption {
  /** For a person. */
  readonly takes: string;
  /** `undefined` for what it doesn't take. */
  readonly read: (value: string) => Partial<TransportFaults> | undefined;
}

const OPTIONS: ReadonlyMap<string, FaultOption> = new Map([
  ["latency", milliseconds((delayMs) => ({ delayMs }))],
  ["jitter", milliseconds((jitterMs) => ({ jitterMs }))],
  ["loss", percent((loss) => ({ loss }))],
  ["duplicate", percent((duplication) => ({ duplication }))],
  ["reorder", percent((reordering) => ({ reordering }))],
  ["cut", { takes: CUTS.join(", "), read: readCut }],
]);

/** Parses faults: times in ms and one way, chances in percent; what isn't named isn't bad. */
export function parseFaults(text: string): ParsedFaults {
  const named = new Map<string, Partial<TransportFaults>>();
  for (const part of text.split(",")) {
    const [, name = "", value = ""] = /^\s*(\w+)=(.*?)\s*$/.exec(part) ?? [];
    const option = OPTIONS.get(name);
    if (option === undefined) {
      const known = [...OPTIONS.keys()].map((name) => `${name}=`).join(", ");
      return wrong(`"${part}" is no fault. There are ${known}.`);
    }
    if (named.has(name)) return wrong(`"${name}" is named twice.`);
    const faults = option.read(value);
    if (faults === undefined) {
      return wrong(`"${name}" takes ${option.takes}, not "${value}".`);
    }
    named.set(name, faults);
  }
  const faults = Object.assign({ ...NO_TRANSPORT_FAULTS }, ...named.values());
  return { kind: "faults", faults };
}

function milliseconds(
  toFaults: (ms: number) => Partial<TransportFaults>,
): FaultOption {
  return {
    takes: `0 to ${MS_MAX} milliseconds`,
    read: (value) => readNumber(value, MS_MAX, toFaults),
  };
}

function percent(
  toFaults: (chance: number) => Partial<TransportFaults>,
): FaultOption {
  return {
    takes: "0 to 100 percent",
    read: (value) => readNumber(value, 100, (part) => toFaults(part / 100)),
  };
}

function readNumber(
  text: string,
  max: number,
  toFaults: (value: number) => Partial<TransportFaults>,
): Partial<TransportFaults> | undefined {
  const value = Number(text);
  return /^\d+(\.\d+)?$/.test(text) && value <= max
    ? toFaults(value)
    : undefined;
}

function readCut(text: string): Partial<TransportFaults> | undefined {
  const cut = CUTS.find((known) => known === text);
  return cut && { cut };
}

function wrong(message: string): ParsedFaults {
  return { kind: "wrong", message };
}

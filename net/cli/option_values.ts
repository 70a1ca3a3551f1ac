/**
 * Parsers of options' values, as commander wants them: what they throw names what an option takes.
 *
 * @module
 */
import {
  CommanderError,
  InvalidArgumentError,
} from "@commander-js/extra-typings";
import { parseAddress, WordsError } from "../lobby/typed_words.ts";
import { canonicalBrokerUrl } from "../transport/broker_url.ts";
import type { TransportFaults } from "../transport/faulty.ts";
import { parseFaults } from "./fault_options.ts";

/** Makes an option's parser of one that understands what people type. */
export function typed<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof WordsError)) throw error;
      throw new InvalidArgumentError(error.message);
    }
  };
}

/**
 * Parses a broker's address, and writes it as every program understands it. Its errors are no
 * `InvalidArgumentError`, for which commander would repeat what was typed.
 */
export function brokerUrl(text: string): string {
  try {
    return canonicalBrokerUrl(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    throw new CommanderError(1, "pong.broker", why);
  }
}

/** Parses names of computers with commas between, and adds them to those named `before`. */
export function hosts(
  text: string,
  before: readonly string[] = [],
): readonly string[] {
  const one = typed(parseAddress);
  return [...before, ...text.split(",").map((host) => one(host).hostname)];
}

/** Makes a parser of whole numbers from `low` to `high`. */
export function wholeNumber(
  low: number,
  high: number,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low || value > high) {
      throw new InvalidArgumentError(
        `It takes a whole number from ${low} to ${high}.`,
      );
    }
    return value;
  };
}

/** Parses what is to be wrong with the network. */
export function faults(text: string): TransportFaults {
  const parsed = parseFaults(text);
  if (parsed.kind === "wrong") throw new InvalidArgumentError(parsed.message);
  return parsed.faults;
}

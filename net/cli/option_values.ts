/**
 * Words of the command line as values, or as a sentence about what they should have been.
 *
 * @module
 */
import { InvalidArgumentError } from "commander";

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

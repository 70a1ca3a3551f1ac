/**
 * Gives the browser its turn: what one task does holds up all input and drawing.
 *
 * @module
 */

/** Goes on in a task of its own. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/**
 * How many pixels of the screen one of CSS has, which changes without a resize when a window is
 * dragged to another screen.
 *
 * @module
 */

/** Calls `onChange` with each change, for as long as the page lives. */
export function watchPixelRatio(window: Window, onChange: () => void): void {
  // A query is about one ratio, so each change needs a new one.
  const watch = () => {
    const query = `(resolution: ${window.devicePixelRatio}dppx)`;
    window.matchMedia(query).addEventListener("change", () => {
      onChange();
      watch();
    }, { once: true });
  };
  watch();
}

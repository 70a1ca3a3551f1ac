/**
 * Just enough Markdown to find a section of a document and read the table in it.
 *
 * @module
 */

/** Returns what stands under a heading that begins so, up to the next of its rank or above. */
export function sectionOf(text: string, heading: string): string {
  const from = text.indexOf(`\n${heading}`) + 1;
  const rank = heading.indexOf(" ");
  const rest = text.slice(from + heading.length);
  const end = rest.search(new RegExp(`^#{1,${rank}} `, "m"));
  return from === 0 ? "" : rest.slice(0, end === -1 ? undefined : end);
}

/** Cells of a section's table, without its head. */
export function rowsOf(section: string): readonly (readonly string[])[] {
  return section.split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(1)
    .filter((line) => !line.startsWith("| -"))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

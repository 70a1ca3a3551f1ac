/**
 * What a benchmark found, as numbers with names, and the table in which people read them.
 *
 * @module
 */

/** One measured number. */
export interface Figure {
  /** Unique within a run. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The value should be at most this; absent where it only informs. */
  readonly wanted?: number;
  /** What else is worth knowing of it, the spread above all; for people. */
  readonly note: string;
}

/** Whether a figure is as wanted; `undefined` where nothing is wanted of it. */
export function verdictOf(
  { value, wanted }: Figure,
): "ok" | "over" | undefined {
  if (wanted === undefined) return undefined;
  return value <= wanted ? "ok" : "over";
}

/** Returns the value below or at which `percent` of the values lie; NaN where there are none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const index = Math.ceil(sorted.length * percent / 100) - 1;
  return sorted[Math.max(0, index)] ?? NaN;
}

/** Returns the median, with the note, and the 99th percentile, of which something may be wanted. */
export function spreadOf(
  name: string,
  values: readonly number[],
  { unit, note, wanted }: Pick<Figure, "unit" | "note" | "wanted">,
): Figure[] {
  const [p50, p99, max] = [50, 99, 100].map((it) => percentile(values, it));
  return [
    { name: `${name}, p50`, value: p50, unit, note },
    {
      ...{ name: `${name}, p99`, value: p99, unit },
      ...(wanted !== undefined && { wanted }),
      note: `max ${digits(max)}`,
    },
  ];
}

/** Returns NaN where there are no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Writes a number with three or more significant digits. */
export function digits(value: number): string {
  const decimals = Math.abs(value) < 10 ? 3 : Math.abs(value) < 100 ? 2 : 1;
  return value.toFixed(decimals);
}

/** Makes a table for people. */
export function formatFigures(figures: readonly Figure[]): string {
  const rows = [
    ["", "value", "unit", "wanted", "verdict", ""],
    ...figures.map((figure) => [
      figure.name,
      digits(figure.value),
      figure.unit,
      figure.wanted === undefined ? "" : `<= ${figure.wanted}`,
      verdictOf(figure) ?? "",
      figure.note,
    ]),
  ];
  const pad = (cell: string, column: number) => {
    const width = Math.max(...rows.map((row) => row[column].length));
    const isNumber = column === 1 || column === 3;
    return isNumber ? cell.padStart(width) : cell.padEnd(width);
  };
  return rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}

/** One line of the result: what was measured, against what, and what it may be. */
export interface Row {
  name: string;
  budget: string;
  /** Human-readable: the figure that the budget is about, with the range over rounds. */
  figure: string;
  /** Absolute figures behind it. On shared machines they mean little. */
  detail: string;
  met: boolean;
  values: Record<string, number>;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** `1.31 x (1.22-1.40)`: the median of the rounds and their range. */
export function ratioText(ratios: readonly number[]): string {
  return `${median(ratios).toFixed(2)} x (${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)})`;
}

/** A row whose budget is a multiple of the reference, from one figure of each a round. */
export function ratioRow(
  name: string,
  limit: number,
  unit: string,
  ours: readonly number[],
  theirs: readonly number[],
  reference = "next-pipe",
): Row {
  const ratios = ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
  const ratio = median(ratios);
  return {
    name,
    budget: `<= ${limit} x ${reference}`,
    figure: ratioText(ratios),
    detail: `${format(median(ours))} against ${format(median(theirs))} ${unit}`,
    met: ratio <= limit,
    values: {
      ratio,
      ratioMin: Math.min(...ratios),
      ratioMax: Math.max(...ratios),
      ours: median(ours),
      reference: median(theirs),
    },
  };
}

/** A row with a fixed budget. */
export function limitRow(
  name: string,
  limit: number,
  unit: string,
  values: readonly number[],
  detail = "",
  atLeast = false,
): Row {
  const value = median(values);
  const range = values.length > 1 ? ` (${format(Math.min(...values))}-${format(Math.max(...values))})` : "";
  return {
    name,
    budget: `${atLeast ? ">=" : "<="} ${limit} ${unit}`,
    figure: `${format(value)} ${unit}${range}`,
    detail,
    met: atLeast ? value >= limit : value <= limit,
    values: { value, min: Math.min(...values), max: Math.max(...values) },
  };
}

export function format(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

export function printRow(row: Row): void {
  console.log(`${row.met ? "  ok  " : " MISS "} ${row.name}: ${row.figure}   [${row.budget}]   ${row.detail}`);
}

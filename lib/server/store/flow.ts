import "server-only";

/** A statement compiled once. `Row` is what it returns, `Args` its named parameters. */
export interface Statement<Row, Args> {
  readonly name: string;
  readonly sql: string;
  /** The named parameters in the order of the placeholders; other values are constants. */
  readonly parameters: readonly ({ arg: keyof Args } | { value: unknown })[];
  /** Carries the row type; never set. */
  readonly row?: Row;
}

/** One step of a flow: run this, hand back the rows and the number of rows changed. */
export interface Step {
  statement: Statement<unknown, never>;
  args: Record<string, unknown>;
}
export interface StepResult {
  rows: unknown[];
  changes: number;
}

/**
 * Transaction logic as a generator: written once, driven synchronously inside one SQLite transaction and asynchronously
 * on PostgreSQL. Throwing rolls back.
 */
export type Flow<T> = Generator<Step, T, StepResult>;

/** The first row, or undefined. */
export function* one<Row, Args extends Record<string, unknown>>(
  statement: Statement<Row, Args>,
  args: Args,
): Flow<Row | undefined> {
  const { rows } = yield { statement: statement as Statement<unknown, never>, args };
  // The statement's own type names its rows; its builder is checked by Kysely.
  return rows[0] as Row | undefined;
}

export function* all<Row, Args extends Record<string, unknown>>(
  statement: Statement<Row, Args>,
  args: Args,
): Flow<Row[]> {
  const { rows } = yield { statement: statement as Statement<unknown, never>, args };
  return rows as Row[];
}

/** Runs a write and returns how many rows it changed. */
export function* run<Row, Args extends Record<string, unknown>>(
  statement: Statement<Row, Args>,
  args: Args,
): Flow<number> {
  const { changes } = yield { statement: statement as Statement<unknown, never>, args };
  return changes;
}

import "server-only";
import type { CompiledQuery, Dialect } from "kysely";
import { DummyDriver, Kysely, PostgresQueryCompiler } from "kysely";
import type { Statement } from "#lib/server/store/flow.ts";
import type { Schema } from "#lib/server/store/schema.ts";
import { PortableSqliteCompiler } from "#lib/server/store/sqlite/dialect.ts";
import type { Store } from "#lib/server/store/store.ts";

/** Makes the `statement` of a store: Kysely's builder run once, with placeholders where the arguments go. */
export function statementCompiler(dialect: Dialect, name: Store["dialect"]): Store["statement"] {
  const compiler = name === "sqlite" ? () => new StatementSqliteCompiler() : () => new StatementPostgresCompiler();
  const db = new Kysely<Schema>({
    dialect: { ...dialect, createDriver: () => new DummyDriver(), createQueryCompiler: compiler },
  });
  const made = new Map<string, Statement<unknown, never>>();
  return <Row, Args extends Record<string, unknown>>(
    statementName: string,
    build: StatementBuilder<Args>,
  ): Statement<Row, Args> => {
    // The placeholder stands where the value will; nothing but the compiler below looks at it.
    const query = build(db, (key) => new Placeholder(String(key)) as never).compile() as CompiledQuery;
    const statement: Statement<Row, Args> = {
      name: statementName,
      sql: query.sql,
      parameters: query.parameters.map((value) => (value instanceof Placeholder ? { arg: value.key } : { value })),
    };
    // Next duplicates modules, so the same statement may be made twice; a name with two meanings is a mistake.
    const existing = made.get(statementName);
    if (existing !== undefined && existing.sql !== statement.sql) {
      throw new Error(`Two statements are named ${statementName}.`);
    }
    made.set(statementName, statement as Statement<unknown, never>);
    return statement;
  };
}

type StatementBuilder<Args extends Record<string, unknown>> = (
  db: Kysely<Schema>,
  arg: <K extends keyof Args>(key: K) => Args[K],
) => { compile(): unknown };

/** The values to bind, in order. Throws when an argument is missing. */
export function bind(statement: Statement<unknown, never>, args: Record<string, unknown>): unknown[] {
  return statement.parameters.map((parameter) => {
    if (!("arg" in parameter)) return parameter.value;
    const value = args[parameter.arg as string];
    if (value === undefined) throw new Error(`The statement ${statement.name} needs ${String(parameter.arg)}.`);
    return value;
  });
}

class Placeholder {
  readonly key: string;

  constructor(key: string) {
    this.key = key;
  }
}

/** Whole numbers are written into the text, so that both planners see that `active = 1` fits a partial index. */
function isConstant(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}

class StatementSqliteCompiler extends PortableSqliteCompiler {
  protected override appendValue(value: unknown): void {
    if (isConstant(value)) this.append(String(value));
    else super.appendValue(value);
  }
}

class StatementPostgresCompiler extends PostgresQueryCompiler {
  protected override appendValue(value: unknown): void {
    if (isConstant(value)) this.append(String(value));
    else super.appendValue(value);
  }
}

import "server-only";

/** How a migration spells types and table endings in each dialect. */
export interface ColumnTypes {
  dialect: "sqlite" | "postgres";
  text: string;
  /** 32 bits. */
  int: string;
  /** 64 bits, read as a number. */
  big: string;
  bytes: string;
  /** A primary key that counts up and never repeats. */
  serial: string;
  end: string;
  /** For narrow tables that are read by their whole primary key. */
  endWithoutRowid: string;
}

/** STRICT makes SQLite refuse a value of the wrong type, as PostgreSQL does. */
export const sqliteTypes: ColumnTypes = {
  dialect: "sqlite",
  text: "text",
  int: "integer",
  big: "integer",
  bytes: "blob",
  serial: "integer primary key autoincrement",
  end: "strict",
  endWithoutRowid: "strict, without rowid",
};

/** The "C" collation compares bytes, as SQLite does, so that both dialects sort alike. */
export const postgresTypes: ColumnTypes = {
  dialect: "postgres",
  text: 'text collate "C"',
  int: "integer",
  big: "bigint",
  bytes: "bytea",
  serial: "bigint generated always as identity primary key",
  end: "",
  endWithoutRowid: "",
};

import "server-only";
import { AppError, isAppError } from "#lib/shared/errors.ts";

/**
 * Turns what a database driver threw into `store_unavailable` or `storage_full` where it means that; everything else,
 * broken constraints above all, comes back as it is.
 */
export function storeFault(error: unknown): unknown {
  if (isAppError(error) || !(error instanceof Error)) return error;
  const code = codeOf(error);
  if (isFull(code)) return new AppError("storage_full", "The disk of the database is full.", { cause: error });
  if (isAway(code, error.message)) {
    return new AppError("store_unavailable", "The database does not answer.", { cause: error, retryAfterSeconds: 2 });
  }
  return error;
}

/** Whether a write broke a UNIQUE or PRIMARY KEY, on either dialect. */
export function isUniqueViolation(error: unknown): boolean {
  const code = codeOf(error);
  return code === "23505" || code === "SQLITE_CONSTRAINT_UNIQUE" || code === "SQLITE_CONSTRAINT_PRIMARYKEY";
}

/** Whether a write named a row that does not exist (any more), on either dialect. */
export function isForeignKeyViolation(error: unknown): boolean {
  const code = codeOf(error);
  return code === "23503" || code === "SQLITE_CONSTRAINT_FOREIGNKEY";
}

function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" ? code : "";
}

function isFull(code: string): boolean {
  return code === "SQLITE_FULL" || code === "53100" || code === "ENOSPC";
}

/** PostgreSQL's classes 08 and 57P, resources, deadlocks and time limits; the sockets' own; SQLite's. */
const away =
  /^(08...|57P0[1-5]|57014|53[234]00|40001|40P01|55P03|25006|25P03|58030|XX000|E(CONN(REFUSED|RESET|ABORTED)|PIPE|HOSTUNREACH|NETUNREACH|TIMEDOUT|NOTFOUND|AI_AGAIN)|SQLITE_(BUSY|LOCKED|IOERR|CANTOPEN|READONLY_(RECOVERY|CANTLOCK|DBMOVED)|PROTOCOL|NOMEM)(_\w+)?)$/;

/** `pg` gives no code to these. */
const awayMessage =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after|Query read timeout|database connection is not open|driver has already been destroyed/;

function isAway(code: string, message: string): boolean {
  return away.test(code) || (code === "" && awayMessage.test(message));
}

import "server-only";
import { createHash } from "node:crypto";
import pino, { type Logger } from "pino";
import { env } from "#lib/server/env.ts";
import { knownSecrets } from "#lib/server/known-secrets.ts";
import { perProcess } from "#lib/server/per-process.ts";
import { secretMask } from "#lib/server/secret-pieces.ts";

/**
 * The JSON log: one line an event, to stdout. Never bodies, cookies, credentials or what people write; people appear as
 * a short hash of their id.
 */
export function log(): Logger {
  return perProcess("log", () =>
    pino({
      level: env().logLevel,
      base: null,
      messageKey: "message",
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: ["*.authorization", "*.cookie", "*.token", "*.password", "authorization", "cookie"],
        remove: true,
      },
      serializers: { error: describeError },
      // The last step, whatever was logged: a gateway may repeat our credential in the text of its error.
      hooks: { streamWrite: maskSecrets },
    }),
  );
}

function maskSecrets(line: string): string {
  // The workspace keys of people are too many to know, too.
  const masked = knownSecrets()
    .mask(line)
    .replaceAll(/(claw_wsk_)[\w-]+/g, `$1${secretMask}`);
  // The keys of gateway sessions are too many to know.
  return masked.includes(":web:") ? masked.replaceAll(/(:web:)[0-9a-f]+/g, `$1${secretMask}`) : masked;
}

/** Eight hex digits that stand for a person in the log. */
export function personTag(userId: string): string {
  return createHash("sha256").update(userId).digest("hex").slice(0, 8);
}

/** Name, message and stack of an error and its causes, without the properties that libraries hang on errors. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    name: error.name,
    message: error.message.slice(0, 500),
    code: (error as { code?: unknown }).code,
    stack: error.stack?.split("\n").slice(1, 8).join("\n"),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

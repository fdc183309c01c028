import "server-only";
import type { Transaction } from "kysely";
import { uuidv7 } from "#lib/server/store/ids.ts";
import type { Schema } from "#lib/server/store/schema.ts";
import { insertUser } from "#lib/server/store/users.ts";
import { AppError } from "#lib/shared/errors.ts";

export interface NewUser {
  email: string;
  name: string;
  /** Null for people who come by OpenID Connect only, and for demo accounts. */
  passwordHash: string | null;
  role: "admin" | "member";
  isDemo: boolean;
}

/** Adds a person with the preferences everybody starts with. Throws `email_taken`. */
export async function createUser(
  tx: Transaction<Schema>,
  user: NewUser,
): Promise<{ id: string; name: string; email: string }> {
  const id = uuidv7();
  const inserted = await insertUser(tx, {
    id,
    email: user.email,
    name: user.name,
    password_hash: user.passwordHash,
    role: user.role,
    is_demo: user.isDemo ? 1 : 0,
    disabled_at: null,
    locale: null,
    theme: "system",
    send_key: "enter",
    announce: "sentences",
    created_at: Date.now(),
  });
  if (!inserted) throw new AppError("email_taken", "There is an account with this e-mail address.");
  return { id, name: user.name, email: user.email };
}

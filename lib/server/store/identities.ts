import "server-only";
import type { Kysely } from "kysely";
import type { Schema } from "#lib/server/store/schema.ts";

/** Who signs in with this identity of an OpenID Connect provider, if anybody. */
export async function userOfIdentity(db: Kysely<Schema>, issuer: string, subject: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("identities")
    .select("user_id")
    .where("issuer", "=", issuer)
    .where("subject", "=", subject)
    .executeTakeFirst();
  return row?.user_id;
}

/** Links an identity to a person. False, and nothing changed, when it is somebody's already. */
export async function insertIdentity(
  db: Kysely<Schema>,
  identity: { issuer: string; subject: string; userId: string; at: number },
): Promise<boolean> {
  const result = await db
    .insertInto("identities")
    .values({
      issuer: identity.issuer,
      subject: identity.subject,
      user_id: identity.userId,
      created_at: identity.at,
    })
    .onConflict((conflict) => conflict.columns(["issuer", "subject"]).doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) === 1;
}

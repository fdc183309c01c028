import "server-only";
import type { SealingKeys } from "#lib/server/store/seal.ts";
import type { Store } from "#lib/server/store/store.ts";

/** What the sealed key of a person's account was sealed for: moved to another row it does not open. */
export function accountPurpose(userId: string, place: string): string {
  return `openmarlin:${userId}:${place}`;
}

/** What a job's secret was sealed for. */
export function jobPurpose(jobId: string): string {
  return `job:${jobId}`;
}

/** Seals again, with the newest key, the credentials of people and jobs that an older one sealed. */
export async function resealCredentials(store: Store, keys: SealingKeys): Promise<number> {
  return store.write(async (tx) => {
    const accounts = await tx
      .selectFrom("openmarlin_accounts")
      .select(["user_id", "place", "sealed_key"])
      .forUpdate()
      .execute();
    const jobs = await tx
      .selectFrom("jobs")
      .select(["id", "secret"])
      .where("active", "=", 1)
      .where("secret", "is not", null)
      .forUpdate()
      .execute();
    let count = 0;
    for (const { user_id, place, sealed_key } of accounts.filter(({ sealed_key }) => keys.isOld(sealed_key))) {
      const purpose = accountPurpose(user_id, place);
      await tx
        .updateTable("openmarlin_accounts")
        .set({ sealed_key: keys.seal(keys.unseal(sealed_key, purpose), purpose) })
        .where("user_id", "=", user_id)
        .where("place", "=", place)
        .execute();
      count += 1;
    }
    for (const { id, secret } of jobs) {
      if (secret === null || !keys.isOld(secret)) continue;
      const again = keys.seal(keys.unseal(secret, jobPurpose(id)), jobPurpose(id));
      await tx.updateTable("jobs").set({ secret: again }).where("id", "=", id).execute();
      count += 1;
    }
    return count;
  });
}

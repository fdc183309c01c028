import { expect, it } from "vitest";
import { insertJob } from "./jobs.ts";
import { accountPurpose, jobPurpose, resealCredentials } from "./reseal.ts";
import { addUser } from "./rows.testing.ts";
import { sealingKeys } from "./seal.ts";
import { eachDialect } from "./testing.ts";

const first = "the first data key of more than 32 bytes";
const second = "the second data key of more than 32 bytes";

eachDialect((_dialect, make) => {
  it("seals the keys of people and the secrets of jobs again with the newest key, and nothing twice", async () => {
    const store = await make();
    const old = sealingKeys(first);
    await store.write(async (tx) => {
      await addUser(tx, { id: "ann" });
      await tx
        .insertInto("openmarlin_accounts")
        .values({
          user_id: "ann",
          place: "real",
          sealed_key: old.seal("claw_wsk_1", accountPurpose("ann", "real")),
          key_id: "key_1",
          account_id: null,
          workspace_id: "ws_1",
          workspace_name: null,
          created_at: 1,
        })
        .execute();
      const row = {
        id: "job_1",
        owner_id: "ann",
        kind: "openmarlin_registration" as const,
        state: "waiting_for_person" as const,
        active: 1,
        place: "real",
        request_id: "r",
        request_digest: "",
        join_key: null,
        title: "",
        input: "{}",
        secret: old.seal('{"sessionId":"s"}', jobPurpose("job_1")),
        upstream_id: null,
        upstream_state: null,
        result: null,
        problem: null,
        required: null,
        watched: 1,
        epoch: 1,
        failures: 0,
      };
      await insertJob(tx, store, row, { leaseMs: 0, deadlineMs: null });
    });
    const both = sealingKeys(`v2:${second},v1:${first}`);
    expect(await resealCredentials(store, both)).toBe(2);
    expect(await resealCredentials(store, both)).toBe(0);
    const newest = sealingKeys(`v2:${second}`);
    const account = await store.db.selectFrom("openmarlin_accounts").select("sealed_key").executeTakeFirstOrThrow();
    const job = await store.db.selectFrom("jobs").select("secret").executeTakeFirstOrThrow();
    expect(newest.unseal(account.sealed_key, accountPurpose("ann", "real"))).toBe("claw_wsk_1");
    expect(newest.unseal(job.secret ?? "", jobPurpose("job_1"))).toBe('{"sessionId":"s"}');
    expect(() => newest.unseal(account.sealed_key, accountPurpose("ben", "real"))).toThrow("does not open");
  });
});

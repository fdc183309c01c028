import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { audit } from "#lib/server/audit/audit.ts";
import { openHouse } from "#lib/server/auth/testing.ts";

async function run(): Promise<{ code: number; output: string }> {
  const script = path.join(import.meta.dirname, "audit-verify.ts");
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=react-server", script]);
    return { code: 0, output: stdout };
  } catch (error) {
    const failed = error as { code: number; stdout: string; stderr: string };
    return { code: failed.code, output: failed.stdout + failed.stderr };
  }
}

it("says whether the chain of a data folder is whole, while a server has it open, and where it breaks", async () => {
  const store = await openHouse();
  for (const object of ["one", "two", "three"]) {
    await audit(store, { actor: null, action: "test.note", object, outcome: "done" });
  }
  expect(await run()).toEqual({ code: 0, output: "The audit chain is whole: 3 rows.\n" });
  await store.write((tx) => tx.deleteFrom("audit_log").where("seq", "=", 2).execute());
  const broken = await run();
  expect(broken.code).toBe(1);
  expect(broken.output).toContain("broken at row 2: this row is missing.");
});

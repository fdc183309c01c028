import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { keyFileNames, loadKeys } from "#lib/server/store/keys.ts";
import { sealingKeys } from "#lib/server/store/seal.ts";
import { temporaryFolder } from "#lib/server/store/testing.ts";

const old = "an old key of quite enough bytes to serve";
const young = "a new key of quite enough bytes to serve";

test("missing keys are made once, for their owner's eyes only", () => {
  const dataDir = path.join(temporaryFolder(), "data");
  const first = loadKeys({ dataDir });
  const second = loadKeys({ dataDir });
  expect(second.authSecret).toBe(first.authSecret);
  expect(second.data.unseal(first.data.seal("secret", "p"), "p")).toBe("secret");
  for (const name of Object.values(keyFileNames)) {
    const file = path.join(dataDir, name);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8").trim().length).toBeGreaterThanOrEqual(43);
  }
});

test("given keys are used and nothing is written", () => {
  const dataDir = path.join(temporaryFolder(), "data");
  expect(loadKeys({ dataDir, authSecret: old, dataKey: young }).authSecret).toBe(old);
  expect(() => statSync(dataDir)).toThrow();
});

test.each([
  [{ authSecret: "short" }, "AUTH_SECRET is too short"],
  [{ dataKey: "short" }, "DATA_KEY is too short"],
  [{ dataKey: `v2:${young},v1:short` }, "DATA_KEY is too short"],
  [{ dataKey: `v1:${young},v1:${old}` }, "twice"],
  [{ dataKey: `v1:${young},${old}` }, "not valid"],
  [{ databaseUrl: "postgres://h/d" }, "must be set"],
  [{ databaseUrl: "postgres://h/d", authSecret: old }, "must be set"],
  [{ databaseUrl: "postgres://h/d", dataKey: old }, "must be set"],
])("%j is refused with a sentence and without the key in it", (given, sentence) => {
  const load = () => loadKeys({ dataDir: temporaryFolder(), ...given });
  expect(load).toThrow(sentence);
  expect(load).not.toThrow(/bytes to serve/);
});

test("a short key in the data folder is refused as well", () => {
  const dataDir = temporaryFolder();
  writeFileSync(path.join(dataDir, keyFileNames.authSecret), "short\n");
  expect(() => loadKeys({ dataDir })).toThrow("AUTH_SECRET is too short");
});

test("what is sealed opens only with its key, for its purpose, unchanged", () => {
  const keys = sealingKeys(old);
  const sealed = keys.seal("pa55wörd 你好", "setting:a");
  expect(sealed).toMatch(/^v1\.[\w-]+$/);
  expect(sealed).not.toBe(keys.seal("pa55wörd 你好", "setting:a"));
  expect(keys.unseal(sealed, "setting:a")).toBe("pa55wörd 你好");
  expect(() => keys.unseal(sealed, "setting:b")).toThrow("does not open");
  expect(() => sealingKeys(young).unseal(sealed, "setting:a")).toThrow("does not open");
  const changed = sealed.slice(0, -2) + (sealed.endsWith("AA") ? "BB" : "AA");
  expect(() => keys.unseal(changed, "setting:a")).toThrow("does not open");
  for (const odd of ["", "v1.", "v1.AA", "plain", "v9.AAAA", "v1.!!"]) expect(() => keys.unseal(odd, "")).toThrow();
});

test("a new key takes over while the old one still opens", () => {
  const before = sealingKeys(old);
  const during = sealingKeys(`v2:${young},v1:${old}`);
  const after = sealingKeys(`v2:${young}`);
  const sealed = before.seal("secret", "p");
  expect(during.unseal(sealed, "p")).toBe("secret");
  expect([during.isOld(sealed), before.isOld(sealed)]).toEqual([true, false]);
  const again = during.seal("secret", "p");
  expect(again).toMatch(/^v2\./);
  expect([during.isOld(again), after.unseal(again, "p")]).toEqual([false, "secret"]);
  expect(() => after.unseal(sealed, "p")).toThrow("version 1 of DATA_KEY");
  expect(during.auditKeys[1]).toEqual(before.auditKeys[0]);
  expect(during.auditKeys[0]).not.toEqual(before.auditKeys[0]);
});

import { describe, expect, it } from "vitest";
import { hashPassword, matchesHash, requireGoodPassword } from "#lib/server/auth/passwords.ts";
import { AppError } from "#lib/shared/errors.ts";

const person = { email: "ada.lovelace@example.org", name: "Ada Lovelace" };

function judge(password: string): unknown {
  try {
    requireGoodPassword(password, person);
    return "good";
  } catch (error) {
    return error instanceof AppError ? error.facts?.["reason"] : error;
  }
}

describe("a stored password", () => {
  it("is argon2id with the parameters of OWASP and a salt of its own", async () => {
    const first = await hashPassword("a long enough passphrase");
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hashPassword("a long enough passphrase")).not.toBe(first);
  });

  it("matches itself, however its letters are composed, and nothing else", async () => {
    const stored = await hashPassword("passphrase with caf\u00e9");
    expect(await matchesHash(stored, "passphrase with cafe\u0301")).toBe(true);
    expect(await matchesHash(stored, "passphrase with cafe")).toBe(false);
    expect(await matchesHash(stored, "")).toBe(false);
    expect(await matchesHash(stored, "x".repeat(5000))).toBe(false);
  });

  it("that does not exist matches nothing, not even nothing", async () => {
    for (const missing of [null, undefined, ""]) {
      expect(await matchesHash(missing, "")).toBe(false);
      expect(await matchesHash(missing, "no one has this password")).toBe(false);
    }
  });
});

describe("a new password", () => {
  it.each([
    ["a long enough passphrase", "good"],
    ["密码是一句很长很长的话", "good"],
    ["Tr0ub4dor&3xyz", "good"],
    ["short", "too_short"],
    ["ninechars", "too_short"],
    ["x".repeat(201), "too_long"],
    ["aaaaaaaaaaaa", "common"],
    ["abcdefghijklm", "common"],
    ["Password123", "common"],
    ["PASSWORD!!!!!!", "common"],
    ["qwertyuiop", "common"],
    ["1234567890", "common"],
    ["breakwater2026", "common"],
    ["ada.lovelace@example.org", "personal"],
    ["ada.lovelace1", "personal"],
    ["Lovelace1815", "personal"],
    ["lovelace wrote the first program", "good"],
  ])("%s is %s", (password, verdict) => {
    expect(judge(password)).toBe(verdict);
  });
});

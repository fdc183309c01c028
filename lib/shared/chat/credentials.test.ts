import { expect, test } from "vitest";
import { findCredentials } from "./credentials.ts";

// Built from pieces, so that scanners of source code find nothing here.
const letters = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC2dE3f";

test.each([
  ["openai_key", `my key is sk-${letters}`],
  ["openai_key", `sk-proj-${letters}_${letters}`],
  ["anthropic_key", `sk-ant-api03-${letters}`],
  ["github_token", `ghp_${letters.slice(0, 36)}`],
  ["github_token", `github_pat_${letters}${letters}`],
  ["aws_key", `AKIA${"Q7RT".repeat(4)} in the log`],
  ["google_key", `AIza${letters.slice(0, 35)}`],
  ["slack_token", `xoxb-${letters}`],
  ["stripe_key", `sk_live_${letters}`],
  ["private_key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn"],
  ["private_key", "-----BEGIN PRIVATE KEY-----"],
  ["jwt", `eyJ${letters}.eyJ${letters}.${letters}`],
  ["bearer", `curl -H "Authorization: Bearer ${letters}"`],
  ["password_in_url", "postgres://app:h4rb0ur-Wall@db.internal:5432/app"],
  ["assignment", 'API_KEY="h4rb0urWallAndTides"'],
  ["assignment", "password: tide-Gate-2026-north"],
])("warns of %s", (kind, text) => {
  expect(findCredentials(text).map((found) => found.kind)).toContain(kind);
});

test.each([
  "Write me a poem about the sea",
  "sk-short and skis",
  "What does Authorization: Bearer <token> mean?",
  "OPENAI_API_KEY=your-key-goes-here-123",
  "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxx",
  "password: it must have at least ten characters",
  "https://example.com/a:b@c",
  "the commit 4a5e1e4baab89f3a32518a88c31bc87f618f7667",
  "eyJ is how they start",
  "const apiKey = process.env.OPENAI_API_KEY",
])("says nothing about: %s", (text) => {
  expect(findCredentials(text)).toEqual([]);
});

test("shows the beginning and never the whole", () => {
  const [found] = findCredentials(`take sk-${letters}`);
  expect(found?.excerpt).toBe("sk-aB3dE5gH7…");
});

test("reads a long hostile text in bounded time", () => {
  for (const piece of ["eyJa", "sk-", "Bearer a", "a://b:", "password=1", "-----BEGIN A "]) {
    expect(Array.isArray(findCredentials(piece.repeat(60_000)))).toBe(true);
  }
});

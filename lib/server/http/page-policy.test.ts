import { afterEach, expect, test, vi } from "vitest";
import { pagePolicy } from "#lib/server/http/page-policy.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  delete (globalThis as Record<symbol, unknown>)[Symbol.for("breakwater.env")];
});

function directive(name: string): string | undefined {
  return pagePolicy("bm9uY2U=")
    .split("; ")
    .find((part) => part.startsWith(`${name} `));
}

test("in production a script runs only with the nonce, and nothing is evaluated", () => {
  vi.stubEnv("NODE_ENV", "production");
  expect(directive("script-src")).toBe("script-src 'self' 'nonce-bm9uY2U=' 'strict-dynamic'");
  expect(directive("style-src")).toBe("style-src 'self' 'nonce-bm9uY2U='");
});

test("nothing of another origin loads: no directive names a host or a scheme but data: and blob: for media", () => {
  const sources = pagePolicy("x")
    .split("; ")
    .flatMap((part) => part.split(" ").slice(1));
  expect(new Set(sources.filter((source) => !source.startsWith("'")))).toEqual(new Set(["blob:", "data:"]));
  expect(directive("img-src")).toBe("img-src 'self' blob: data:");
});

test.each([
  ["https://chat.example.org", true],
  ["http://127.0.0.1:3000", false],
])("with AUTH_URL %s, upgrading insecure requests is %s", (url, upgrades) => {
  vi.stubEnv("AUTH_URL", url);
  expect(pagePolicy("x").includes("upgrade-insecure-requests")).toBe(upgrades);
});

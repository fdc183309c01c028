import { expect, test } from "vitest";
import { safePath } from "./safe-path.ts";

test.each([
  ["/c/0198-aa?x=1", "/c/0198-aa?x=1"],
  ["/settings/people", "/settings/people"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["https://evil.example/", "/"],
  ["javascript:alert(1)", "/"],
  ["/api/auth/signout", "/"],
  ["/sign-in?next=/sign-in", "/"],
  ["", "/"],
  [undefined, "/"],
  [["/a"], "/"],
])("from %j the way leads to %s", (given, wanted) => {
  expect(safePath(given)).toBe(wanted);
});

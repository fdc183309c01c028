import { expect, test } from "vitest";
import { contentDisposition } from "#lib/server/http/content-disposition.ts";

test.each([
  ["report.md", "attachment; filename=\"report.md\"; filename*=UTF-8''report.md"],
  ["猫 & 犬.md", "attachment; filename=\"_ & _.md\"; filename*=UTF-8''%E7%8C%AB%20%26%20%E7%8A%AC.md"],
  ["it's (1).md", "attachment; filename=\"it's (1).md\"; filename*=UTF-8''it%27s%20%281%29.md"],
  [
    'a"; filename="evil.exe',
    "attachment; filename=\"a-_ filename=-evil.exe\"; filename*=UTF-8''a-%3B%20filename%3D-evil.exe",
  ],
  ["a\r\nset-cookie: x=1", "attachment; filename=\"aset-cookie- x=1\"; filename*=UTF-8''aset-cookie-%20x%3D1"],
  ["../../etc/passwd", "attachment; filename=\"-..-etc-passwd\"; filename*=UTF-8''-..-etc-passwd"],
  ["gnp\u202e.exe", "attachment; filename=\"gnp.exe\"; filename*=UTF-8''gnp.exe"],
  ["\ud800", "attachment; filename=\"_\"; filename*=UTF-8''%EF%BF%BD"],
  [" .. ", "attachment; filename=\"file\"; filename*=UTF-8''file"],
  ["", "attachment; filename=\"file\"; filename*=UTF-8''file"],
])("the name %j does nothing but name", (name, header) => {
  expect(contentDisposition("attachment", name)).toBe(header);
  expect(new Headers({ "content-disposition": header }).get("content-disposition")).toBe(header);
});

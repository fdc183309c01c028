import { expect, test } from "vitest";
import { addMissingOptionals, findProblems, type LockFile } from "#scripts/support/lock-entries.ts";

function lockFile(packages: LockFile["packages"] = {}): LockFile {
  return {
    packages: {
      "": {},
      "node_modules/next": { version: "16.4.6" },
      "node_modules/next-auth": { version: "4.24.15" },
      ...packages,
    },
  };
}

test("a whole lock file has no problems", () => {
  const lock = lockFile({
    "node_modules/tool": { version: "1.0.0", optionalDependencies: { "tool-linux-x64": "1.0.0" } },
    "node_modules/tool-linux-x64": { version: "1.0.0", optional: true },
  });
  expect(findProblems(lock)).toEqual([]);
});

test("an optional package that a nested package finds further out is not missing", () => {
  const lock = lockFile({
    "node_modules/a/node_modules/b": { version: "1.0.0", optionalDependencies: { c: "1.0.0" } },
    "node_modules/a/node_modules/c": { version: "1.0.0", optional: true },
  });
  expect(findProblems(lock)).toEqual([]);
});

test("a dropped platform package is named, added with its platform, and then no problem any more", () => {
  const lock = lockFile({
    "node_modules/@tools/cli": {
      version: "2.0.0",
      dev: true,
      optionalDependencies: { "@tools/cli-darwin-arm64": "2.0.0" },
    },
  });
  expect(findProblems(lock)).toHaveLength(1);
  expect(findProblems(lock)[0]).toContain("@tools/cli-darwin-arm64@2.0.0");
  expect(addMissingOptionals(lock)).toEqual(["@tools/cli-darwin-arm64"]);
  expect(lock.packages["node_modules/@tools/cli-darwin-arm64"]).toEqual({
    version: "2.0.0",
    os: ["darwin"],
    cpu: ["arm64"],
    dev: true,
    optional: true,
  });
  expect(findProblems(lock)).toEqual([]);
});

test.each([
  ["an older Next", { "node_modules/next": { version: "16.4.5" } }],
  ["an older next-auth", { "node_modules/next-auth": { version: "4.9.99" } }],
  ["the address of a registry", { "node_modules/x": { version: "1.0.0", resolved: "https://registry.example/x.tgz" } }],
])("%s is a problem", (_, packages) => {
  expect(findProblems(lockFile(packages))).toHaveLength(1);
});

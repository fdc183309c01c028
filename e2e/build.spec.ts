import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "#e2e/support/test.ts";
import { projectRoot } from "#scripts/support/processes.ts";

const standalone = path.join(projectRoot, ".next", "standalone");

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

test("the standalone folder holds no data, no tests and no settings of this machine", () => {
  const own = filesIn(standalone).filter((file) => !file.startsWith("node_modules"));
  expect(own.filter((file) => /^(data|e2e|bench|screenshots|test-results)\//.test(file))).toEqual([]);
  expect(own.filter((file) => /\.sqlite|(^|\/)\.env|\.test\.tsx?$|\.spec\.ts$/.test(file))).toEqual([]);
});

test("the browser gets no schema library, no source map and nothing of the server", () => {
  const statics = path.join(standalone, ".next", "static");
  const files = filesIn(statics);
  expect(files.filter((file) => file.endsWith(".map"))).toEqual([]);
  for (const file of files.filter((name) => name.endsWith(".js"))) {
    const text = readFileSync(path.join(statics, file), "utf8");
    for (const trace of ["ZodError", "better-sqlite3", "x-openclaw-session-key"]) {
      expect(text.includes(trace), `${trace} in ${file}`).toBe(false);
    }
  }
});

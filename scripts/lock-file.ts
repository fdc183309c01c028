// Is every optional package in the lock file? A registry that lacks some platform's build makes `npm install` drop its
// entry, and `npm ci` then refuses the whole file. `--fix` adds what is missing.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { addMissingOptionals, findProblems, type LockFile } from "#scripts/support/lock-entries.ts";

const file = path.resolve(import.meta.dirname, "..", "package-lock.json");
// npm writes this file; only the fields named in LockFile are read.
const lock = JSON.parse(readFileSync(file, "utf8")) as LockFile;

if (process.argv.includes("--fix")) {
  const added = addMissingOptionals(lock);
  if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  for (const name of added) console.log(`Added ${name}.`);
}
const problems = findProblems(lock);
for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`package-lock.json is whole: ${Object.keys(lock.packages).length} packages.`);
process.exitCode = problems.length === 0 ? 0 : 1;

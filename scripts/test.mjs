// `npm test`: every check, in order of how soon it can fail, each counted. Runs on Node.js 20 and newer, because nothing
// is installed yet. The last line is `N passed, N failed`. With --checks: only what needs no build and runs no test.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { buildIfStale } from "./support/build.mjs";
import { childEnvironment, findNode, installWhatIsMissing, root, tool } from "./support/install.mjs";

installWhatIsMissing();
const node = findNode();
const reports = mkdtempSync(path.join(os.tmpdir(), "breakwater-test-"));
const totals = { passed: 0, failed: 0 };
const failures = [];

step("format, lint and import zones", () => run("@biomejs/biome", "bin/biome", ["ci", "."]));
step("types", () => run("next", "dist/bin/next", ["typegen"]) && run("typescript", "bin/tsc", ["--noEmit"]));
step("nothing unused", () => run("knip", "bin/knip.js", []));
step("lock file", () => runFile("scripts/lock-file.ts", []));

if (!process.argv.includes("--checks")) {
  const vitest = path.join(reports, "vitest.json");
  tests("unit and store tests", vitest, vitestCounts, () =>
    run("vitest", "vitest.mjs", ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${vitest}`]),
  );
  const built = step("production build", () => buildIfStale());
  const playwright = path.join(reports, "playwright.json");
  if (built) {
    tests("end to end", playwright, playwrightCounts, () =>
      run("@playwright/test", "cli.js", ["test", "--reporter=list,json"], {
        PLAYWRIGHT_JSON_OUTPUT_FILE: playwright,
      }),
    );
  } else {
    step("end to end (needs the build)", () => false);
  }
}

rmSync(reports, { recursive: true, force: true });
for (const name of failures) console.log(`failed: ${name}`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;

/** One check that counts as one test. */
function step(name, check) {
  const succeeded = timed(name, check);
  if (succeeded) totals.passed += 1;
  else {
    totals.failed += 1;
    failures.push(name);
  }
  return succeeded;
}

/** Many tests, counted from the report they leave. A run that fails without a failed test counts as one failure. */
function tests(name, report, count, check) {
  const succeeded = timed(name, check);
  const { passed, failed } = count(readReport(report));
  totals.passed += passed;
  totals.failed += succeeded || failed > 0 ? failed : 1;
  if (!succeeded || failed > 0) failures.push(name);
}

function timed(name, check) {
  const from = Date.now();
  console.log(`\n== ${name}`);
  const succeeded = check();
  console.log(`== ${name}: ${succeeded ? "passed" : "FAILED"} in ${((Date.now() - from) / 1000).toFixed(1)} s`);
  return succeeded;
}

function run(packageName, file, args, environment = {}) {
  return runFile(tool(packageName, file), args, environment);
}

function runFile(file, args, environment = {}) {
  const result = spawnSync(node, [file, ...args], { cwd: root, stdio: "inherit", env: childEnvironment(environment) });
  return result.status === 0;
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function vitestCounts(report) {
  return { passed: report?.numPassedTests ?? 0, failed: report?.numFailedTests ?? 0 };
}

function playwrightCounts(report) {
  return {
    passed: (report?.stats.expected ?? 0) + (report?.stats.flaky ?? 0),
    failed: report?.stats.unexpected ?? 0,
  };
}

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { childEnvironment, findNode, root, stop, tool } from "./install.mjs";

/** What a build is made of. Anything else can change without a new one. */
const inputs = [
  "app",
  "components",
  "lib",
  "public",
  "instrumentation.ts",
  "instrumentation-client.ts",
  "proxy.ts",
  "next.config.ts",
  "postcss.config.mjs",
  "tsconfig.json",
  "package.json",
  "package-lock.json",
];
const stampFile = path.join(root, ".next", "breakwater-build");

/** Builds unless the last build was made of the same files. Returns whether it succeeded. */
export function buildIfStale() {
  const stamp = hashInputs();
  if (readStamp() === stamp && existsSync(path.join(root, ".next", "standalone", "server.js"))) return true;
  return build(stamp);
}

/** Builds for production and completes the standalone folder. Returns whether it succeeded. */
export function build(stamp = hashInputs()) {
  console.log("Building Breakwater.");
  rmSync(stampFile, { force: true });
  // What an older build traced would stay in the folder.
  rmSync(path.join(root, ".next", "standalone"), { recursive: true, force: true });
  const result = spawnSync(findNode(), [tool("next", "dist/bin/next"), "build"], {
    cwd: root,
    stdio: "inherit",
    env: childEnvironment({ NODE_ENV: "production" }),
  });
  if (result.status !== 0) return false;
  completeStandalone();
  writeFileSync(stampFile, stamp);
  return true;
}

/** Next leaves static files out of the standalone folder, for those who serve them elsewhere. */
function completeStandalone() {
  const standalone = path.join(root, ".next", "standalone");
  if (!existsSync(path.join(standalone, "server.js"))) stop("The build made no .next/standalone/server.js.");
  mkdirSync(path.join(standalone, ".next"), { recursive: true });
  cpSync(path.join(root, ".next", "static"), path.join(standalone, ".next", "static"), {
    recursive: true,
    // Turbopack writes one, empty, for a worker, whatever the settings say.
    filter: (source) => !source.endsWith(".map"),
  });
  if (existsSync(path.join(root, "public"))) {
    cpSync(path.join(root, "public"), path.join(standalone, "public"), { recursive: true });
  }
}

function readStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, "utf8") : undefined;
}

function hashInputs() {
  const hash = createHash("sha256");
  for (const input of inputs) hashInto(hash, path.join(root, input));
  return hash.digest("hex");
}

function hashInto(hash, file) {
  if (!existsSync(file)) return;
  const name = path.relative(root, file);
  const entries = readEntries(file);
  if (entries === undefined) {
    if (/\.test\.tsx?$/.test(name)) return;
    hash.update(`${name}\0`).update(readFileSync(file)).update("\0");
    return;
  }
  for (const entry of entries.sort()) hashInto(hash, path.join(file, entry));
}

function readEntries(file) {
  try {
    return readdirSync(file);
  } catch {
    return undefined;
  }
}

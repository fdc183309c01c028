import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** The folder of the project, wherever the command was started. */
export const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "../..");

/** Runs `npm ci` when what is installed is not what the lock file says. Ends the process when that fails. */
export function installWhatIsMissing() {
  if (isInstalled()) return;
  console.log("Installing the packages named in package-lock.json. The first time this takes about a minute.");
  // npm tells its children where it and its Node are; without npm around us, ask the shell for it.
  const { npm_execpath: npmPath, npm_node_execpath: nodePath } = process.env;
  const result =
    npmPath?.endsWith(".js") && nodePath
      ? spawnSync(nodePath, [npmPath, "ci"], { cwd: root, stdio: "inherit" })
      : spawnSync("npm", ["ci"], { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
  if (result.status !== 0) stop("npm ci did not succeed; what it said stands above.");
}

/** The Node 24 that everything else runs on: the one from the lock file, or the one running this. */
export function findNode() {
  const installed = path.join(root, "node_modules", ".bin", process.platform === "win32" ? "node.cmd" : "node");
  const packaged = path.join(
    root,
    "node_modules",
    `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`,
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  for (const candidate of [packaged, installed]) {
    if (existsSync(candidate) && spawnSync(candidate, ["--version"]).status === 0) return candidate;
  }
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  return stop(
    `Breakwater runs on Node.js 24 or newer, and this is ${process.versions.node}: install Node.js 24 from nodejs.org and start again.`,
  );
}

/** Environment for children: their `node` and their tools are the installed ones. */
export function childEnvironment(extra = {}) {
  const pathKey = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  const search = [path.dirname(findNode()), path.join(root, "node_modules", ".bin"), process.env[pathKey] ?? ""];
  return { ...process.env, [pathKey]: search.join(path.delimiter), NEXT_TELEMETRY_DISABLED: "1", ...extra };
}

/** A JavaScript tool of node_modules, as arguments for `node`. */
export function tool(packageName, file) {
  return path.join(root, "node_modules", packageName, file);
}

/** One plain sentence, and the end. */
export function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}

function isInstalled() {
  const wanted = readPackages("package-lock.json");
  const present = readPackages(path.join("node_modules", ".package-lock.json"));
  if (wanted === undefined) return stop("package-lock.json is missing: this is not a whole copy of Breakwater.");
  if (present === undefined) return false;
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === "") return true;
    const installed = present[name];
    // Optional packages of other platforms are not installed.
    if (installed === undefined) return entry.optional === true;
    return installed.version === entry.version && installed.integrity === entry.integrity;
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), "utf8")).packages;
  } catch {
    return undefined;
  }
}

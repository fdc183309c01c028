import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { chromium } from "@playwright/test";
import { unpackTar } from "#scripts/support/tar.ts";

export interface Browser {
  executablePath: string;
  args: string[];
  env: Record<string, string>;
}

/**
 * A Chromium to test with: CHROME_PATH, Playwright's own, one on PATH, or the one inside `@sparticuz/chromium` (Linux on
 * x64), unpacked once. Throws one sentence that says what to install where there is none.
 */
export function findBrowser(): Browser {
  const given = process.env["CHROME_PATH"];
  if (given !== undefined && given !== "") {
    if (!isExecutable(given)) throw new Error(`CHROME_PATH names ${given}, which is no program.`);
    return browser(given);
  }
  const installed = [chromium.executablePath(), ...onPath()].find(isExecutable);
  if (installed !== undefined) return browser(installed);
  if (process.platform === "linux" && process.arch === "x64") return packagedBrowser();
  throw new Error("There is no Chromium here: npx playwright install chromium brings one.");
}

function browser(executablePath: string, extra: Record<string, string> = {}): Browser {
  const environment = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const quiet = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
  ];
  // Chromium refuses to start its sandbox as root, as in a container.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return { executablePath, args: [...quiet, ...sandbox], env: { ...Object.fromEntries(environment), ...extra } };
}

function onPath(): string[] {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
}

function packagedBrowser(): Browser {
  const modules = path.resolve(import.meta.dirname, "../../node_modules");
  const cache = path.join(modules, ".cache", "chromium");
  if (!existsSync(cache)) {
    // Made aside and renamed, so that a second process never sees half of it.
    const making = `${cache}-${process.pid}`;
    const packaged = path.join(modules, "@sparticuz", "chromium", "bin");
    mkdirSync(making, { recursive: true });
    const read = (name: string) => brotliDecompressSync(readFileSync(path.join(packaged, name)));
    for (const archive of ["al2023.tar.br", "swiftshader.tar.br", "fonts.tar.br"]) unpackTar(read(archive), making);
    writeFileSync(path.join(making, "chromium"), read("chromium.br"));
    chmodSync(path.join(making, "chromium"), 0o755);
    writeFileSync(path.join(making, "fonts.conf"), fontSettings(cache));
    if (existsSync(cache)) rmSync(making, { recursive: true });
    else renameSync(making, cache);
  }
  return browser(path.join(cache, "chromium"), {
    LD_LIBRARY_PATH: [path.join(cache, "lib"), cache, process.env["LD_LIBRARY_PATH"]].filter(Boolean).join(":"),
    // Where the machine knows its own fonts they are better.
    ...(existsSync("/etc/fonts/fonts.conf") ? {} : { FONTCONFIG_FILE: path.join(cache, "fonts.conf") }),
  });
}

function fontSettings(cache: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${path.join(cache, "fonts")}</dir><dir>/usr/share/fonts</dir><cachedir>${path.join(cache, "font-cache")}</cachedir></fontconfig>
`;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

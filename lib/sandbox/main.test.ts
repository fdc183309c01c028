import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sandbox-"));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

function run(stdio: ("pipe" | "ignore" | "ipc")[], more: Record<string, string> = {}): ChildProcess {
  const child = spawn(
    process.execPath,
    ["--conditions=react-server", "--no-warnings", path.join(import.meta.dirname, "main.ts")],
    {
      env: {
        PATH: process.env["PATH"],
        NODE_ENV: "test",
        SANDBOX_FILE: path.join(folder, "sandbox.sqlite"),
        SANDBOX_TOKEN: "gateway-token",
        SANDBOX_CONTROL_TOKEN: "control-token",
        ...more,
      },
      stdio,
    },
  );
  children.push(child);
  return child;
}

async function ready(
  child: ChildProcess,
): Promise<{ ready: boolean; port: number; openmarlinPort: number; id: string }> {
  if (child.stdout === null) throw new Error("no output");
  const [line] = await once(createInterface(child.stdout), "line");
  return JSON.parse(line);
}

async function models(port: number): Promise<string[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/models`, {
    headers: { authorization: "Bearer gateway-token" },
  });
  return (await answer.json()).data.map(({ id }: { id: string }) => id);
}

describe("the process", () => {
  it("says where it listens, in one line and to its parent", async () => {
    const child = run(["ignore", "pipe", "pipe", "ipc"]);
    const told = once(child, "message");
    const line = await ready(child);
    expect(line).toEqual({
      ready: true,
      port: expect.any(Number),
      openmarlinPort: expect.any(Number),
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect((await fetch(`http://127.0.0.1:${line.openmarlinPort}/openapi.json`)).status).toBe(200);
    expect((await told)[0]).toEqual(line);
    expect(await models(line.port)).toEqual([
      "openclaw",
      "openclaw/default",
      "openclaw/harbour-guide",
      "openclaw/typesetter",
      "openclaw/longhand",
      "openclaw/toolsmith",
    ]);
  });

  it("ends on SIGTERM, in the middle of an answer too, and comes back with the same id", async () => {
    const first = run(["ignore", "pipe", "pipe", "ipc"]);
    const { port, id } = await ready(first);
    const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer gateway-token" },
      body: JSON.stringify({
        model: "openclaw/longhand",
        stream: true,
        messages: [{ role: "user", content: "[[hang]]" }],
      }),
    });
    const broken = expect(answer.text()).rejects.toThrow();
    first.kill("SIGTERM");
    expect((await once(first, "exit"))[0]).toBe(0);
    await broken;
    const second = run(["ignore", "pipe", "pipe", "ipc"]);
    expect((await ready(second)).id).toBe(id);
  });

  it("ends when the channel to its parent closes", async () => {
    const child = run(["ignore", "pipe", "pipe", "ipc"]);
    await ready(child);
    child.disconnect();
    expect((await once(child, "exit"))[0]).toBe(0);
  });

  it("ends when its piped input ends", async () => {
    const child = run(["pipe", "pipe", "pipe"]);
    await ready(child);
    child.stdin?.end();
    expect((await once(child, "exit"))[0]).toBe(0);
  });

  it("takes its settings from the environment", async () => {
    const settings = JSON.stringify({ openclaw: { agents: ["main"], auth: "none" } });
    const { port } = await ready(run(["ignore", "pipe", "pipe", "ipc"], { SANDBOX_SETTINGS: settings }));
    expect(await models(port)).toEqual(["openclaw", "openclaw/default", "openclaw/main"]);
  });

  it.each([
    ["SANDBOX_TOKEN", " ", "SANDBOX_TOKEN is not set."],
    ["SANDBOX_SETTINGS", '{"openclaw":{"agents":[]}}', "agents"],
  ])("does not start with %s=%j, and says why", async (name, value, reason) => {
    const child = run(["ignore", "pipe", "pipe", "ipc"], { [name]: value });
    let errors = "";
    child.stderr?.on("data", (piece) => {
      errors += piece;
    });
    expect((await once(child, "close"))[0]).toBe(1);
    expect(errors).toContain(reason);
  });
});

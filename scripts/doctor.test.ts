import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "#lib/server/store/testing.ts";

const root = path.resolve(import.meta.dirname, "..");

/** Runs the doctor on a fresh data folder, as a person does. */
function doctor(environment: Record<string, string>): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ["--conditions=react-server", path.join(root, "scripts", "doctor.ts")],
      {
        cwd: root,
        env: {
          NODE_ENV: "test",
          PATH: process.env["PATH"],
          DATA_DIR: path.join(temporaryFolder(), "data"),
          ...environment,
        },
      },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, said: stdout + stderr }),
    );
  });
}

async function gatewayThatRefuses(): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === "/readyz") return void response.writeHead(200).end("{}");
    response.writeHead(401, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: "Unauthorized", type: "unauthorized" } }));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on TCP has an address of this shape.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("with nothing configured everything is in order", async () => {
  const { code, said } = await doctor({});
  expect(said).toContain("The built-in sandbox stands in for the gateway.");
  expect(code).toBe(0);
});

test("a refused token is said with its next step, and is not printed", async () => {
  const { code, said } = await doctor({
    OPENCLAW_GATEWAY_URL: await gatewayThatRefuses(),
    OPENCLAW_GATEWAY_TOKEN: "a-token-that-is-wrong",
  });
  expect(said).toContain("FAIL  The gateway refuses the credential.");
  expect(said).toContain("OPENCLAW_GATEWAY_TOKEN");
  expect(said).not.toContain("a-token-that-is-wrong");
  expect(code).toBe(1);
});

test("settings that make no sense are named", async () => {
  const { code, said } = await doctor({ PORT: "many" });
  expect(said).toContain("PORT");
  expect(code).toBe(1);
});

test("plain http to a public host is refused before anything is sent", async () => {
  const { code, said } = await doctor({ OPENCLAW_GATEWAY_URL: "http://8.8.8.8", OPENCLAW_GATEWAY_TOKEN: "x" });
  expect(said).toContain("Plain http to a public address is refused.");
  expect(code).toBe(1);
});

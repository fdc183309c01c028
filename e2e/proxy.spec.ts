import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "#e2e/support/test.ts";
import { freePort, projectRoot, startNode, until } from "#scripts/support/processes.ts";

test("every page carries a policy with a nonce of its own, and is never cached", async ({ server }) => {
  const nonces = new Set<string>();
  for (let visit = 0; visit < 3; visit += 1) {
    const response = await fetch(`${server.url}/sign-in`);
    const policy = response.headers.get("content-security-policy") ?? "";
    const nonce = /script-src [^;]*'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
    nonces.add(nonce);
    expect(policy).not.toMatch(/script-src [^;]*'unsafe-/);
    expect(response.headers.get("cache-control")).toContain("no-store");
    const scripts = (await response.text()).match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
  }
  expect(nonces.size).toBe(3);
});

test("every answer, whatever made it, says that it is not to be sniffed, framed or referred from", async ({
  server,
}) => {
  for (const address of ["/sign-in", "/api/health/live", "/api/me", "/no/such/page", "/icon.svg"]) {
    const { headers } = await fetch(`${server.url}${address}`);
    expect(headers.get("x-content-type-options"), address).toBe("nosniff");
    expect(headers.get("x-frame-options"), address).toBe("DENY");
    expect(headers.get("referrer-policy"), address).toBe("no-referrer");
    expect(headers.get("x-powered-by"), address).toBeNull();
  }
});

test("without the proxy no status code changes", async ({ server, person }) => {
  test.setTimeout(120_000);
  const folder = mkdtempSync(path.join(os.tmpdir(), "breakwater-no-proxy-"));
  const standalone = path.join(folder, "standalone");
  cpSync(path.join(projectRoot, ".next", "standalone"), standalone, { recursive: true });
  removeProxy(standalone);
  const port = await freePort();
  const bare = startNode([path.join(standalone, "server.js")], {
    NODE_ENV: "production",
    HOSTNAME: "127.0.0.1",
    PORT: String(port),
    DATA_DIR: path.join(folder, "data"),
    BREAKWATER_ROOT: projectRoot,
    LOG_LEVEL: "silent",
    NEXT_MANUAL_SIG_HANDLE: "true",
  });
  const bareUrl = `http://127.0.0.1:${port}`;
  await until(
    () =>
      fetch(`${bareUrl}/api/health/ready`).then(
        (response) => response.ok || undefined,
        () => undefined,
      ),
    20_000,
  );
  const policy = (await fetch(`${bareUrl}/sign-in`)).headers.get("content-security-policy");
  expect(policy, "the proxy is gone").toBeNull();

  const addresses = everyAddress();
  expect(addresses.length).toBeGreaterThan(20);
  for (const method of ["GET", "POST", "PATCH", "PUT", "DELETE"]) {
    for (const address of addresses) {
      const status = async (url: string) => (await fetch(`${url}${address}`, { method, redirect: "manual" })).status;
      expect(await status(bareUrl), `${method} ${address} without anybody signed in`).toBe(await status(server.url));
    }
  }
  // A session of the one server is worth nothing at the other.
  const stolen = await fetch(`${bareUrl}/api/me`, { headers: { cookie: person.cookieHeader() } });
  expect(stolen.status).toBe(401);
  await bare.end();
  rmSync(folder, { recursive: true });
});

/** Every page and route of the source, with made-up ids. */
function everyAddress(): string[] {
  const { routes } = readManifest(path.join(projectRoot, ".next", "app-path-routes-manifest.json"));
  return routes
    .filter((route) => !route.startsWith("/_"))
    .map((route) =>
      route.replace(/\[\[?\.\.\.\w+\]?\]/g, "session").replace(/\[\w+\]/g, "01900000-0000-7000-8000-000000000000"),
    );
}

function readManifest(file: string): { routes: string[] } {
  // Next writes it: keys are files, values are the addresses that they answer.
  return { routes: Object.values(JSON.parse(readFileSync(file, "utf8")) as Record<string, string>) };
}

/** Takes the proxy out of a build, as deleting its file does. */
function removeProxy(standalone: string): void {
  const middleware = path.join(standalone, ".next", "server", "middleware-manifest.json");
  const functions = path.join(standalone, ".next", "server", "functions-config-manifest.json");
  writeFileSync(middleware, JSON.stringify({ version: 3, middleware: {}, sortedMiddleware: [], functions: {} }));
  const manifest = JSON.parse(readFileSync(functions, "utf8")) as { functions: Record<string, unknown> };
  delete manifest.functions["/_middleware"];
  writeFileSync(functions, JSON.stringify(manifest));
}

import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { freePort, projectRoot, startNode, until, type Watched } from "#scripts/support/processes.ts";

const folder = path.join(projectRoot, "bench", "next-pipe");

const files = {
  "package.json": `{ "name": "next-pipe", "private": true, "type": "module" }\n`,
  "next.config.mjs": `import path from "node:path";
const root = path.resolve(import.meta.dirname, "../..");
export default { output: "standalone", outputFileTracingRoot: root, turbopack: { root } };
`,
  "app/layout.jsx": `export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
`,
  "app/page.jsx": `import { Counter } from "./counter";
export default function Page() {
  return <Counter />;
}
`,
  "app/counter.jsx": `"use client";
import { useState } from "react";
export function Counter() {
  const [count, setCount] = useState(0);
  return <button type="button" onClick={() => setCount(count + 1)}>{count}</button>;
}
`,
  "app/api/pipe/route.js": `export async function POST(request) {
  const upstream = await fetch(process.env.UPSTREAM_URL, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: await request.text(),
  });
  return new Response(upstream.body, { headers: { "content-type": "text/event-stream" } });
}
`,
};

/** Builds the reference: a bare handler, and a bare page, in an otherwise empty Next.js of the same version. */
export async function buildNextPipe(): Promise<void> {
  const next = readFileSync(path.join(projectRoot, "node_modules/next/package.json"), "utf8");
  const stamp = JSON.stringify({ files, next: JSON.parse(next).version });
  const stampFile = path.join(folder, ".next", "built-from");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  console.log("Building the reference, next-pipe.");
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const build = startNode([path.join(projectRoot, "node_modules/next/dist/bin/next"), "build", folder], {
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
  });
  if ((await build.exited) !== 0) throw new Error(`next-pipe did not build:\n${build.output()}`);
  cpSync(path.join(folder, ".next/static"), path.join(path.dirname(serverFile()), ".next/static"), { recursive: true });
  writeFileSync(stampFile, stamp);
}

export interface RunningNextPipe extends Watched {
  url: string;
}

/** Starts it without waiting. */
export async function launchNextPipe(upstreamUrl: string): Promise<RunningNextPipe> {
  const port = await freePort();
  const server = startNode([serverFile()], {
    NODE_ENV: "production",
    PORT: String(port),
    HOSTNAME: "127.0.0.1",
    UPSTREAM_URL: `${upstreamUrl}/v1/chat/completions`,
    NEXT_TELEMETRY_DISABLED: "1",
  });
  return { ...server, url: `http://127.0.0.1:${port}` };
}

export async function startNextPipe(upstreamUrl: string): Promise<RunningNextPipe> {
  const server = await launchNextPipe(upstreamUrl);
  const answered = await until(
    async () => {
      try {
        return (await fetch(server.url)).ok || undefined;
      } catch {
        return undefined;
      }
    },
    20_000,
    50,
  );
  if (answered === undefined) throw new Error(`next-pipe did not start:\n${server.output()}`);
  return server;
}

function serverFile(): string {
  return path.join(folder, ".next", "standalone", "bench", "next-pipe", "server.js");
}

import "server-only";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startPostgres } from "#scripts/support/postgres.ts";

/** The address of a new, empty database on the PostgreSQL of this test run, which is started by whoever asks first. */
export async function freshDatabase(): Promise<string> {
  const { url } = await testServer();
  const { default: pg } = await import("pg");
  const name = `test_${randomBytes(6).toString("hex")}`;
  const client = new pg.Client(url("postgres"));
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  return url(name);
}

interface TestServer {
  url(database: string): string;
}

let server: Promise<TestServer> | undefined;

function testServer(): Promise<TestServer> {
  server ??= find();
  return server;
}

async function find(): Promise<TestServer> {
  const folder = process.env["BREAKWATER_TEST_POSTGRES"];
  if (folder === undefined) throw new Error("Run this through vitest, whose set-up names the folder of the server.");
  const file = path.join(folder, "running.json");
  if (isFirst(folder)) {
    const { port, pid } = await startPostgres(folder, { detached: true });
    writeFileSync(`${file}.draft`, JSON.stringify({ port, pid }));
    renameSync(`${file}.draft`, file);
  }
  for (let waited = 0; waited < 60_000; waited += 50) {
    const port = portIn(file);
    if (port !== undefined) return { url: (database) => `postgres://breakwater@127.0.0.1:${port}/${database}` };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("The PostgreSQL of this test run did not start.");
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(path.join(folder, "starting"));
    return true;
  } catch {
    return false;
  }
}

function portIn(file: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { port: number }).port;
  } catch {
    return undefined;
  }
}

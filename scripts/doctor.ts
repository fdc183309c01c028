// `npm run doctor`: checks what Breakwater needs, with or without a running server, and says what to do. Ends with 1
// when something failed.
import { accessSync, constants, existsSync } from "node:fs";
import path from "node:path";
import { type Env, env } from "#lib/server/env.ts";
import { whyUnusable } from "#lib/server/settings/connections-view.ts";
import { effectiveOpenClaw, isConfigured, type StoredOpenClaw } from "#lib/server/settings/effective.ts";
import { readStored } from "#lib/server/settings/stored.ts";
import { keyFileNames, loadKeys } from "#lib/server/store/keys.ts";
import { openStore } from "#lib/server/store/open.ts";
import { databaseFileName } from "#lib/server/store/sqlite/store.ts";
import { probeGateway } from "#lib/server/upstream/openclaw/probe.ts";
import { closePools } from "#lib/server/upstream/transport.ts";
import type { ProbeFinding, ProbeLevel } from "#lib/shared/connections.ts";
import { connections } from "#lib/shared/messages/en/connections.ts";

const marks: Record<ProbeLevel, string> = { ok: "ok  ", attention: "note", failed: "FAIL", unknown: " ?  " };
const reasons: Record<string, string> = connections.reasons;
let failed = false;

checkNode();
const settings = checkSettings();
if (settings !== null) {
  checkFolder(settings);
  checkKeys(settings);
  const stored = await checkDatabase(settings);
  if (stored !== null) await checkGateway(settings, stored);
}
console.log(failed ? "\nSomething needs mending; see FAIL above." : "\nEverything that can be checked is in order.");
await closePools();
process.exitCode = failed ? 1 : 0;

function say(level: ProbeLevel, says: string, next?: string): void {
  if (level === "failed") failed = true;
  console.log(`${marks[level]}  ${says}`);
  if (next !== undefined) console.log(`      ${next.replaceAll("\n", "\n      ")}`);
}

function checkNode(): void {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= 24) say("ok", `Node.js ${process.versions.node}.`);
  else say("failed", `Node.js ${process.versions.node} is too old.`, "Install Node.js 24 or newer.");
}

function checkSettings(): Env | null {
  try {
    const found = env();
    say("ok", "The settings in the environment are valid.");
    return found;
  } catch (error) {
    say("failed", messageOf(error));
    return null;
  }
}

function checkFolder({ dataDir }: Env): void {
  if (!existsSync(dataDir)) {
    say("ok", `The data folder ${dataDir} is made at the first start.`);
    return;
  }
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    say("ok", `The data folder ${dataDir} can be written.`);
  } catch {
    say("failed", `The data folder ${dataDir} cannot be written.`, "Give it to the user that runs Breakwater.");
  }
}

function checkKeys(found: Env): void {
  const { databaseUrl, dataDir, authSecret, dataKey } = found;
  const missing = [
    ...(authSecret === undefined ? [keyFileNames.authSecret] : []),
    ...(dataKey === undefined ? [keyFileNames.dataKey] : []),
  ].filter((name) => !existsSync(path.join(dataDir, name)));
  if (missing.length > 0 && databaseUrl === undefined) {
    say("ok", "The keys are made at the first start.");
    return;
  }
  try {
    loadKeys(found);
    say("ok", "The keys that sign sessions and seal credentials are there.");
  } catch (error) {
    say("failed", messageOf(error));
  }
}

/** What is stored about the gateway; null when the database does not answer. */
async function checkDatabase({ databaseUrl, dataDir }: Env): Promise<StoredOpenClaw | null> {
  if (databaseUrl === undefined && !existsSync(path.join(dataDir, databaseFileName))) {
    say("ok", "The database is made at the first start.");
    return {};
  }
  const kind = databaseUrl === undefined ? "SQLite" : "PostgreSQL";
  try {
    const store = await openStore({ databaseUrl, dataDir });
    try {
      await store.ping();
      say("ok", `The ${kind} database answers.`);
      return await readStored(store);
    } finally {
      await store.close();
    }
  } catch (error) {
    const next = databaseUrl === undefined ? "Check the disk and the file's owner." : "Check DATABASE_URL.";
    say("failed", `The ${kind} database, or what is sealed in it, cannot be read: ${messageOf(error)}`, next);
    return null;
  }
}

async function checkGateway({ openclaw, sandbox, root }: Env, stored: StoredOpenClaw): Promise<void> {
  if (sandbox ?? !isConfigured(openclaw, stored)) {
    const there = existsSync(path.join(root, "lib", "sandbox", "main.ts"));
    if (there)
      say("ok", "The built-in sandbox stands in for the gateway.", "Set OPENCLAW_GATEWAY_URL to connect a real one.");
    else say("failed", "The sandbox's files are missing.", "Set BREAKWATER_ROOT to the folder of Breakwater.");
    return;
  }
  const effective = effectiveOpenClaw(openclaw, stored);
  const unusable = whyUnusable(effective);
  if (unusable !== null) report(unusable);
  if (effective.connection === null) return;
  console.log(`\nOpenClaw gateway at ${effective.connection.url}`);
  const variable = effective.view.credential.variable ?? "";
  const { findings } = await probeGateway(effective.connection, { variable });
  for (const finding of findings) report(finding);
}

/** The words of the Connections page, with the lines to set below them. */
function report({ code, level, facts }: ProbeFinding): void {
  const words = connections.probe[code];
  const fill = (text: string) =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const fact = facts[name] ?? "";
      return reasons[fact] ?? String(fact);
    });
  const next = [fill(words.next), String(facts["config"] ?? "")].filter((text) => text !== "").join("\n");
  say(level, fill(words.title), next === "" ? undefined : next);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

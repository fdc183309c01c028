import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { ConversationView } from "#lib/shared/chat/types.ts";
import { type Acknowledged, findBroken } from "#scripts/soak/ledger.ts";
import { type RunningBreakwater, startBreakwater } from "#scripts/support/breakwater.ts";
import { firstMessage } from "#scripts/support/messages.ts";
import { type HttpPerson, invitePerson, setUpAdmin } from "#scripts/support/person.ts";
import { freePort, pause, startNode } from "#scripts/support/processes.ts";

const people = 8;
const restartLimitMs = 5000;

/**
 * Kills the server at random moments under streams and holds what it had acknowledged against what it says after the next
 * start. `--times=50` how often. Returns whether every promise held.
 */
export async function killRuns(args: string[]): Promise<boolean> {
  const times = Number(args.find((arg) => arg.startsWith("--times="))?.slice("--times=".length) ?? 50);
  const dataDir = mkdtempSync(path.join(os.tmpdir(), "breakwater-soak-"));
  const stub = startNode(["scripts/support/stub-gateway.ts"]);
  const environment = {
    OPENCLAW_GATEWAY_URL: `http://127.0.0.1:${(await stub.printed(/listening (\d+)/))[1]}`,
    OPENCLAW_GATEWAY_TOKEN: "soak-token",
    OPENCLAW_MAX_TURNS: "2000",
    TRUST_PROXY: "1",
  };
  const port = await freePort();
  const start = () => startBreakwater({ dataDir, port, environment });
  let server = await start();
  const crowd = await gather(server);
  const problems: string[] = [];
  let acknowledged = 0;
  let ended = 0;
  let slowestMs = 0;
  for (let turn = 1; turn <= times; turn += 1) {
    const entries: Acknowledged[] = [];
    const load = crowd.map((person) => talk(person, entries));
    await pause(300 + Math.random() * 2500);
    const killedAt = performance.now();
    await server.end("SIGKILL");
    await Promise.all(load);
    const restartedAt = performance.now();
    server = await start();
    const tookMs = performance.now() - restartedAt;
    slowestMs = Math.max(slowestMs, tookMs);
    if (tookMs > restartLimitMs) problems.push(`kill ${turn}: the restart took ${Math.round(tookMs)} ms`);
    for (const entry of entries) {
      const view = await entry.owner.json<ConversationView>("GET", `/api/conversations/${entry.conversationId}`);
      problems.push(...findBroken(entry, view, killedAt).map((problem) => `kill ${turn}: ${problem}`));
    }
    acknowledged += entries.length;
    ended += entries.filter((entry) => entry.ended !== null).length;
    console.log(
      `kill ${turn}: ${entries.length} acknowledged, ${problems.length} problems so far, back in ${Math.round(tookMs)} ms`,
    );
  }
  await server.end();
  await stub.end("SIGKILL");
  rmSync(dataDir, { recursive: true, force: true });
  for (const problem of problems) console.error(problem);
  console.log(
    `${times} kills, ${acknowledged} acknowledged messages, ${ended} answers ended before a kill, slowest restart ${Math.round(slowestMs)} ms, ${problems.length} broken promises`,
  );
  return problems.length === 0;
}

async function gather(server: RunningBreakwater): Promise<HttpPerson[]> {
  const admin = await setUpAdmin(server, undefined, "10.0.0.1");
  return await Promise.all(
    Array.from({ length: people }, (_, number) =>
      invitePerson(
        admin,
        { name: `Person ${number}`, email: `p${number}@example.org`, password: `passphrase number ${number}` },
        { address: `10.0.1.${number + 1}` },
      ),
    ),
  );
}

/** Sends one message after another, short answers and long ones at once, until the server is gone. */
async function talk(person: HttpPerson, entries: Acknowledged[]): Promise<void> {
  await Promise.all([
    ...[1, 2].map(() => follow(person, entries, "[[n=400 every=20]]")),
    (async () => {
      while (await follow(person, entries, "[[n=10 every=10]]")) await pause(Math.random() * 300);
    })(),
  ]);
}

/** Whether the stream came to its end. */
async function follow(person: HttpPerson, entries: Acknowledged[], text: string): Promise<boolean> {
  let entry: Acknowledged | undefined;
  try {
    for await (const event of person.send(firstMessage(text))) {
      if (event.type === "accepted") {
        entry = {
          owner: person,
          conversationId: event.conversationId,
          userMessageId: event.userMessage?.id ?? "",
          assistantMessageId: event.assistantMessage.id,
          text,
          pieces: [],
          ended: null,
        };
        entries.push(entry);
      }
      if (event.type === "delta") entry?.pieces.push({ text: event.text, at: performance.now() });
      if (event.type === "end" && entry !== undefined) entry.ended = event.state;
    }
    return entry?.ended === "complete";
  } catch {
    // The server died, or was dead already.
    return false;
  }
}

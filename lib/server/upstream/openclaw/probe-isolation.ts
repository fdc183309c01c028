import "server-only";
import { limits } from "#lib/server/limits/limits.ts";
import {
  authHeaders,
  type OpenClawConnection,
  type RequestingPerson,
} from "#lib/server/upstream/openclaw/connection.ts";
import { exchangeWhole } from "#lib/server/upstream/transport.ts";
import type { ProbeFinding } from "#lib/shared/connections.ts";

/**
 * What can be seen of the walls between people on one gateway. Every agent is asked, by a read, whether its session
 * tools answer: by default they show everybody's sessions. That nobody shares files and memory cannot be seen from
 * outside and is reported as not proven, always.
 */
export async function probeIsolation(
  connection: OpenClawConnection,
  agentIds: string[],
  person?: RequestingPerson,
): Promise<ProbeFinding[]> {
  const byAnswer: Record<Reach, string[]> = { all: [], agent: [], tree: [], self: [], denied: [], unclear: [] };
  for (const agentId of agentIds.slice(0, maxAgents)) {
    const reach = await reachOf(connection, agentId, person).catch((): Reach => "unclear");
    byAnswer[reach].push(agentId);
  }
  const findings: ProbeFinding[] = [];
  const add = (
    code: ProbeFinding["code"],
    level: ProbeFinding["level"],
    reach: Reach,
    facts: ProbeFinding["facts"],
  ) => {
    const ids = byAnswer[reach];
    if (ids.length > 0) findings.push({ code, level, facts: { ids: ids.join(", "), ...facts } });
  };
  add("sessions_readable", "attention", "all", { mode: "all", config: sessionsConfig });
  add("sessions_readable", "attention", "agent", { mode: "agent", config: sessionsConfig });
  add("sessions_narrowed", "ok", "tree", { mode: "tree" });
  add("sessions_narrowed", "ok", "self", { mode: "self" });
  add("sessions_denied", "ok", "denied", {});
  add("sessions_unproven", "unknown", "unclear", {});
  findings.push({ code: "workspace_unproven", level: "unknown", facts: {} });
  return findings;
}

/** Seen to work on gateway release 2026.9.6: either line alone ends the reading of other sessions. */
export const sessionsConfig = JSON.stringify(
  { tools: { deny: ["group:sessions"], sessions: { visibility: "self" } } },
  null,
  2,
);

type Reach = "all" | "agent" | "tree" | "self" | "denied" | "unclear";

const maxAgents = 20;

async function reachOf(
  connection: OpenClawConnection,
  agentId: string,
  person: RequestingPerson | undefined,
): Promise<Reach> {
  const { probeMs } = limits.upstream;
  const answer = await exchangeWhole(
    {
      origin: connection.origin,
      method: "POST",
      path: `${connection.prefix}/tools/invoke`,
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        ...authHeaders(connection, { person }),
      },
      body: JSON.stringify({ tool: "sessions_list", args: { limit: 1 }, agentId }),
      limits: { firstByteMs: probeMs, idleMs: probeMs, totalMs: probeMs },
    },
    1024 * 1024,
  );
  const body = JSON.parse(answer.body.toString("utf8")) as {
    ok?: unknown;
    error?: { type?: unknown };
    result?: { details?: { visibility?: { mode?: unknown } } };
  } | null;
  if (answer.status === 404 && body?.ok === false && body.error?.type === "not_found") return "denied";
  if (answer.status !== 200 || body?.ok !== true) return "unclear";
  const mode = body.result?.details?.visibility?.mode;
  // Where nothing is narrowed the gateway says nothing.
  if (mode === undefined) return "all";
  return mode === "all" || mode === "agent" || mode === "tree" || mode === "self" ? mode : "unclear";
}

import "server-only";
import { limits } from "#lib/server/limits/limits.ts";
import { log } from "#lib/server/log.ts";
import { perProcess } from "#lib/server/per-process.ts";
import { forgetRefusal, guard, learn } from "#lib/server/upstream/openclaw/breaker.ts";
import {
  authHeaders,
  type OpenClawConnection,
  type RequestingPerson,
} from "#lib/server/upstream/openclaw/connection.ts";
import { failureOfFault, failureOfStatus } from "#lib/server/upstream/openclaw/failures.ts";
import { rememberKind } from "#lib/server/upstream/openclaw/kind.ts";
import { exchangeWhole, headerText, type WholeAnswer } from "#lib/server/upstream/transport.ts";
import { isTransportFault } from "#lib/server/upstream/transport-fault.ts";
import { AppError, isAppError } from "#lib/shared/errors.ts";

/** The agents of a gateway, as far as is known. */
export interface GatewayAgents {
  /** Lower case, in the gateway's order. */
  ids: string[];
  /** Milliseconds since the gateway said so. */
  ageMs: number;
  /** Why the list could not be read again, when it could not. */
  problem: AppError | null;
}

/**
 * The agents that the gateway lists, asked at most once a minute whoever wants to know. While it does not answer, the
 * last list goes on with its age and the problem; without one the list is empty. Never throws.
 */
export async function gatewayAgents(connection: OpenClawConnection, person?: RequestingPerson): Promise<GatewayAgents> {
  const held = entryOf(connection);
  const now = performance.now();
  const fresh = held.problem === null ? freshMs : retryMs;
  if (held.askedAt === null || now - held.askedAt > fresh) {
    held.asking ??= ask(connection, held, person).finally(() => {
      held.asking = null;
    });
    // A known list is good enough while it is read again.
    if (held.listedAt === null) await held.asking;
  }
  return {
    ids: held.ids,
    ageMs: held.listedAt === null ? 0 : performance.now() - held.listedAt,
    problem: held.problem,
  };
}

/** Forgets the lists, so that the next question reaches the gateway. */
export function forgetGatewayAgents(): void {
  entries().clear();
}

/** Agent ids out of the body of `/v1/models`, or null when it is no such list. Aliases count only where one agent is. */
export function agentIdsOf(body: Buffer): string[] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
  const data = (parsed as { data?: unknown } | null)?.data;
  if (!Array.isArray(data)) return null;
  const ids = new Set<string>();
  for (const row of data.slice(0, 1000) as unknown[]) {
    const id = (row as { id?: unknown } | null)?.id;
    const agent = typeof id === "string" ? /^openclaw[/:]([a-z0-9][a-z0-9_-]{0,63})$/i.exec(id)?.[1] : undefined;
    if (agent !== undefined) ids.add(agent.toLowerCase());
  }
  // `openclaw/default` stands for the one agent; it is an agent of its own only where nothing else is listed.
  if (ids.size > 1) ids.delete("default");
  return [...ids];
}

/** Asks `/v1/models`, whatever is cached. Throws a fault of the transport. */
export function askModels(connection: OpenClawConnection, person?: RequestingPerson): Promise<WholeAnswer> {
  return exchangeWhole(
    {
      origin: connection.origin,
      method: "GET",
      path: `${connection.prefix}/v1/models`,
      headers: { accept: "application/json", ...authHeaders(connection, { person }) },
      limits: listLimits,
    },
    1024 * 1024,
  );
}

/** True where a web page stands in place of the list, as gateways without it answer. */
export function lacksModels(answer: WholeAnswer): boolean {
  if (answer.status === 404 || answer.status === 405) return true;
  return answer.status === 200 && (headerText(answer.headers, "content-type") ?? "").startsWith("text/html");
}

const { probeMs } = limits.upstream;
const listLimits = { firstByteMs: probeMs, idleMs: probeMs, totalMs: probeMs };
const freshMs = 60_000;
const retryMs = 5_000;

interface Entry {
  ids: string[];
  askedAt: number | null;
  listedAt: number | null;
  problem: AppError | null;
  asking: Promise<void> | null;
}

function entries(): Map<string, Entry> {
  return perProcess("openclaw.agents", () => new Map<string, Entry>());
}

function entryOf(connection: OpenClawConnection): Entry {
  const known = entries();
  const key = `${connection.digest} ${connection.agents.join(",")}`;
  const existing = known.get(key);
  if (existing !== undefined) return existing;
  const entry: Entry = { ids: [], askedAt: null, listedAt: null, problem: null, asking: null };
  if (known.size > 20) known.clear();
  known.set(key, entry);
  return entry;
}

async function ask(connection: OpenClawConnection, held: Entry, person: RequestingPerson | undefined): Promise<void> {
  try {
    held.ids = await listedIds(connection, person);
    held.listedAt = performance.now();
    held.problem = null;
  } catch (error) {
    held.problem = isAppError(error) ? error : new AppError("internal", undefined, { cause: error });
    log().warn({ error }, "the gateway's agents could not be read");
  }
  held.askedAt = performance.now();
}

async function listedIds(connection: OpenClawConnection, person: RequestingPerson | undefined): Promise<string[]> {
  guard(connection);
  let answer: WholeAnswer;
  try {
    answer = await askModels(connection, person);
  } catch (error) {
    throw isTransportFault(error) ? failureOfFault(error, listLimits) : error;
  }
  if (lacksModels(answer)) {
    rememberKind(connection, "old");
    if (connection.agents.length > 0) return connection.agents;
    throw new AppError("gateway_endpoint_disabled", "The gateway lists no agents and none are in the settings.");
  }
  if (answer.status !== 200) throw learn(connection, failureOfStatus(answer.status, answer.headers, answer.body));
  const ids = agentIdsOf(answer.body);
  if (ids === null) throw new AppError("gateway_malformed", "The list of agents makes no sense.");
  rememberKind(connection, "current");
  forgetRefusal();
  return ids;
}

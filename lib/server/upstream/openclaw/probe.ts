import "server-only";
import { limits } from "#lib/server/limits/limits.ts";
import { agentIdsOf, askModels, lacksModels } from "#lib/server/upstream/openclaw/agents.ts";
import { forgetRefusal, guard, learn, refusedWithin } from "#lib/server/upstream/openclaw/breaker.ts";
import {
  authHeaders,
  type OpenClawConnection,
  type RequestingPerson,
} from "#lib/server/upstream/openclaw/connection.ts";
import { failureOfStatus, readRefusal } from "#lib/server/upstream/openclaw/failures.ts";
import { rememberKind } from "#lib/server/upstream/openclaw/kind.ts";
import { probeIsolation } from "#lib/server/upstream/openclaw/probe-isolation.ts";
import { exchangeWhole, type WholeAnswer } from "#lib/server/upstream/transport.ts";
import { isTransportFault } from "#lib/server/upstream/transport-fault.ts";
import type { ProbeCode, ProbeFinding, ProbeLevel, ProbeReport, UpstreamState } from "#lib/shared/connections.ts";
import { isAppError } from "#lib/shared/errors.ts";

/**
 * Finds out what stands between us and a chat with the gateway, without a model call: reads, and requests that a working
 * gateway refuses as incomplete. Stops at the first finding that makes the rest pointless, and never sends a credential
 * twice that was refused within the last minute. Throws nothing.
 */
export async function probeGateway(
  connection: OpenClawConnection,
  { variable = "", person }: { variable?: string; person?: RequestingPerson } = {},
): Promise<ProbeReport> {
  const findings: ProbeFinding[] = [];
  const report = new Findings(findings, connection, variable);
  try {
    await reach(connection, report);
    hold(connection, report);
    const ids = await authenticate(connection, report, person);
    findings.push(...(await probeIsolation(connection, ids, person)));
  } catch (thrown) {
    if (thrown !== stopped) report.broken(thrown);
  }
  return { at: Date.now(), state: stateOf(connection, findings), findings };
}

/** The lines of the gateway's configuration that mend a finding. */
export const gatewayConfig = {
  chat: JSON.stringify({ gateway: { http: { endpoints: { chatCompletions: { enabled: true } } } } }, null, 2),
  proxy: JSON.stringify({ gateway: { trustedProxies: ["<address of the proxy>"] } }, null, 2),
} as const;

const stopped = Symbol("stopped");
const askAgainMs = 60_000;

class Findings {
  private readonly list: ProbeFinding[];
  private readonly auth: string;
  private readonly variable: string;

  constructor(list: ProbeFinding[], connection: OpenClawConnection, variable: string) {
    this.list = list;
    this.auth = connection.auth;
    this.variable = variable;
  }

  add(level: ProbeLevel, code: ProbeCode, facts: ProbeFinding["facts"] = {}): void {
    this.list.push({ code, level, facts });
  }

  /** A finding after which nothing else can be found. */
  stop(code: ProbeCode, facts: ProbeFinding["facts"] = {}): never {
    this.add("failed", code, facts);
    throw stopped;
  }

  refused(): never {
    const usual = this.auth === "password" ? "OPENCLAW_GATEWAY_PASSWORD" : "OPENCLAW_GATEWAY_TOKEN";
    return this.stop("credential_refused", { auth: this.auth, variable: this.variable || usual });
  }

  broken(thrown: unknown): void {
    if (!isTransportFault(thrown)) {
      this.add("failed", "unexpected", { check: "probe", status: isAppError(thrown) ? thrown.code : "error" });
      return;
    }
    if (thrown.kind === "malformed" || thrown.kind === "too_large") this.add("failed", "not_a_gateway", { status: 0 });
    else if (thrown.kind === "insecure") this.add("failed", "plain_http_public");
    else {
      const slow = thrown.kind === "first_byte" || thrown.kind === "idle" || thrown.kind === "total";
      this.add("failed", "unreachable", { reason: thrown.reason ?? (slow ? "timeout" : "other") });
    }
  }
}

/** Is anything there, and is it what we look for? Sends no credential. */
async function reach(connection: OpenClawConnection, report: Findings): Promise<void> {
  const startedAt = performance.now();
  const answer = await ask(connection, "GET", "/readyz", {});
  const ms = Math.round(performance.now() - startedAt);
  if (answer.status >= 300 && answer.status < 400) report.stop("redirected", { status: answer.status });
  if (readRefusal(answer.body).type === "proxy_attribution_required") {
    report.stop("header_refused", { config: gatewayConfig.proxy });
  }
  report.add("ok", "reached", { ms });
  if (answer.status === 503) report.add("attention", "not_ready");
}

/** What is already known of this credential is not asked again. */
function hold(connection: OpenClawConnection, report: Findings): void {
  const wantsSecret = connection.auth === "token" || connection.auth === "password";
  if (wantsSecret && connection.credential === null) report.stop("credential_missing", { auth: connection.auth });
  try {
    guard(connection);
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === "gateway_locked_out") {
      report.stop("locked_out", { retryAfterSeconds: error.retryAfterSeconds ?? 60 });
    }
    if (refusedWithin(connection, askAgainMs)) report.refused();
  }
}

/** Credential, list of agents and chat endpoint. Returns the agents to ask about isolation. */
async function authenticate(
  connection: OpenClawConnection,
  report: Findings,
  person: RequestingPerson | undefined,
): Promise<string[]> {
  const models = await askModels(connection, person);
  stopWhenRefused(connection, models, report);
  const chat = await ask(connection, "POST", "/v1/chat/completions", authHeaders(connection, { person }), "{}");
  stopWhenRefused(connection, chat, report);
  const chatIsOff = chat.status === 404 || chat.status === 405;
  const listIsAbsent = lacksModels(models);
  if (chatIsOff && listIsAbsent) {
    // Neither has shown that the credential is good, nor that this is a gateway at all. This endpoint is always on.
    const tools = await ask(connection, "POST", "/tools/invoke", authHeaders(connection, { person }), "{}");
    stopWhenRefused(connection, tools, report);
    if (tools.status !== 400) report.stop("not_a_gateway", { status: tools.status });
  }
  if (listIsAbsent && !chatIsOff && chat.status !== 400) report.stop("not_a_gateway", { status: chat.status });
  forgetRefusal();
  report.add("ok", "credential_accepted", { auth: connection.auth });
  if (chatIsOff) report.add("failed", "chat_disabled", { config: gatewayConfig.chat });
  else if (chat.status === 400) report.add("ok", "chat_enabled");
  else report.add("failed", "unexpected", { check: "chat", status: chat.status });
  return listIsAbsent ? agentsOfSettings(connection, chatIsOff, report) : agentsOfGateway(connection, models, report);
}

function agentsOfSettings(connection: OpenClawConnection, chatIsOff: boolean, report: Findings): string[] {
  // Where chat is switched off the list is switched off with it, and says nothing about the release.
  if (chatIsOff) return [];
  rememberKind(connection, "old");
  const count = connection.agents.length;
  if (count > 0) report.add("attention", "old_gateway", { count });
  else report.add("failed", "old_gateway_no_agents");
  return connection.agents;
}

function agentsOfGateway(connection: OpenClawConnection, models: WholeAnswer, report: Findings): string[] {
  const ids = models.status === 200 ? agentIdsOf(models.body) : null;
  if (ids === null) return report.stop("unexpected", { check: "models", status: models.status });
  rememberKind(connection, "current");
  if (ids.length === 0) report.add("failed", "no_agents");
  else report.add("ok", "agents_listed", { count: ids.length, ids: ids.slice(0, 20).join(", ") });
  if (ids.length > 1) report.add("ok", "several_agents", { count: ids.length });
  return ids;
}

function stopWhenRefused(connection: OpenClawConnection, answer: WholeAnswer, report: Findings): void {
  const { status, headers, body } = answer;
  if (status >= 300 && status < 400) report.stop("redirected", { status });
  if (status === 502 || status === 504) report.stop("unreachable", { reason: "other" });
  if (status !== 401 && status !== 403 && status !== 429) return;
  const failure = failureOfStatus(status, headers, body);
  learn(connection, failure);
  const scope = failure.facts?.["scope"];
  if (failure.code === "gateway_locked_out") {
    report.stop("locked_out", { retryAfterSeconds: failure.retryAfterSeconds ?? 60 });
  }
  if (failure.code === "gateway_refused_proxy") report.stop("header_refused", { config: gatewayConfig.proxy });
  if (scope !== undefined) report.stop("scope_missing", { scope });
  if (failure.code === "gateway_unauthorized") report.refused();
  report.stop("unexpected", { check: "credential", status });
}

function ask(
  connection: OpenClawConnection,
  method: "GET" | "POST",
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<WholeAnswer> {
  const { probeMs } = limits.upstream;
  return exchangeWhole(
    {
      origin: connection.origin,
      method,
      path: connection.prefix + path,
      headers: {
        ...headers,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body }),
      limits: { firstByteMs: probeMs, idleMs: probeMs, totalMs: probeMs },
    },
    1024 * 1024,
  );
}

function stateOf(connection: OpenClawConnection, findings: ProbeFinding[]): UpstreamState {
  if (findings.some((finding) => finding.level === "failed")) return "not_reached";
  if (connection.fingerprint !== "real") return "sandbox";
  return findings.some((finding) => finding.code === "not_ready") ? "partly" : "served";
}

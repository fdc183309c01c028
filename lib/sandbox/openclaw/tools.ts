import { availableParallelism } from "node:os";
import type { Exchange } from "#lib/sandbox/exchange.ts";
import { provider, resolveKey } from "#lib/sandbox/openclaw/addressing.ts";
import { displayNameOf } from "#lib/sandbox/openclaw/agents/authors.ts";
import { refuseNotOk, sendJson } from "#lib/sandbox/openclaw/answers.ts";
import { jsonBody } from "#lib/sandbox/openclaw/body.ts";
import type { GatewayShop } from "#lib/sandbox/openclaw/gateway.ts";
import { historyItems } from "#lib/sandbox/openclaw/history-view.ts";

const maxBodyBytes = 2 * 1024 * 1024;

interface Invocation {
  shop: GatewayShop;
  agent: string;
  /** Session the call speaks for; `main` when none is named. */
  sessionKey: string;
  args: Record<string, unknown>;
}

/**
 * The tools that answer over HTTP. As in the real one they show every session of every agent to whoever holds the token,
 * and `exec`, `read` and the like are denied.
 */
const tools: Record<string, (call: Invocation) => unknown> = {
  agents_list: agentsList,
  sessions_list: sessionsList,
  sessions_history: sessionsHistory,
  session_status: sessionStatus,
};

/** POST /tools/invoke. Always on. */
export async function invokeTool(shop: GatewayShop, exchange: Exchange): Promise<void> {
  const body = record(await jsonBody(exchange, maxBodyBytes));
  const name = body["tool"] ?? body["name"];
  if (typeof name !== "string" || name.trim() === "")
    throw refuseNotOk(400, "invalid_request", "tools.invoke requires name");
  const { agent, sessionKey } = ownerOf(shop, body);
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
  if (tool === undefined) throw refuseNotOk(404, "not_found", `Tool not available: ${name}`);
  const details = tool({ shop, agent, sessionKey, args: record(body["args"]) });
  const shown = record(details)["statusText"];
  const text = typeof shown === "string" ? shown : JSON.stringify(details, null, 2);
  sendJson(exchange.wire, 200, { ok: true, result: { content: [{ type: "text", text }], details } });
}

function ownerOf({ sandbox }: GatewayShop, body: Record<string, unknown>): { agent: string; sessionKey: string } {
  const { agents } = sandbox.settings.openclaw;
  const sessionKey = typeof body["sessionKey"] === "string" ? body["sessionKey"].trim().toLowerCase() : "main";
  const named = body["agentId"];
  if (typeof named === "string" && named.trim() !== "") {
    const agent = named.trim().toLowerCase();
    if (!agents.includes(agent)) throw refuseNotOk(400, "invalid_request", `Unknown agent id "${agent}"`);
    return { agent, sessionKey };
  }
  const address = resolveKey(sessionKey, sandbox.settings.openclaw);
  if (address === null)
    throw refuseNotOk(
      400,
      "invalid_request",
      `Multiple agents are configured, but session key "${sessionKey}" has no explicit owner. Pass agentId or use an agent-prefixed session key.`,
    );
  return { agent: address.agent, sessionKey };
}

/** Only what this agent may start: itself. */
function agentsList({ agent }: Invocation) {
  const entry = {
    id: agent,
    name: displayNameOf(agent),
    configured: true,
    model: `${provider.id}/${provider.defaultModel}`,
    agentRuntime: { id: "auto", source: "implicit" },
  };
  return { requester: agent, allowAny: false, agents: [entry] };
}

function sessionsList({ shop, args }: Invocation) {
  const limit = whole(args["limit"], 100);
  const offset = whole(args["offset"], 0);
  const rows = shop.sessions.list(limit + 1, offset);
  const sessions = rows.slice(0, limit).map(({ key, sessionId, agent, updatedAt, model, totalTokens, status }) => ({
    key,
    sessionId,
    agentId: agent,
    kind: "other",
    channel: "unknown",
    archived: false,
    pinned: false,
    updatedAt,
    model,
    contextTokens: 128_000,
    ...(totalTokens === null ? {} : { totalTokens }),
    status,
    abortedLastRun: false,
  }));
  const hasMore = rows.length > limit;
  return {
    count: sessions.length,
    sessions,
    hasMore,
    ...(hasMore ? { nextOffset: offset + limit } : {}),
    limitApplied: limit,
  };
}

function sessionsHistory({ shop, args }: Invocation) {
  const key = args["sessionKey"];
  if (typeof key !== "string" || key === "") throw refuseNotOk(400, "tool_error", "sessionKey required");
  const session = shop.sessions.find(key.trim().toLowerCase());
  if (session === undefined) return { status: "error", error: `No session found: ${key}` };
  const all = historyItems(session, shop.sessions.messages(session.key)).filter(
    ({ role }) => args["includeTools"] === true || role !== "toolResult",
  );
  // The tool leaves usage out.
  const messages = all.slice(-whole(args["limit"], 200)).map(({ usage: _, ...message }) => message);
  const truncated = messages.length < all.length;
  return {
    sessionKey: session.key,
    messages,
    truncated,
    droppedMessages: false,
    contentTruncated: truncated,
    contentRedacted: false,
    bytes: Buffer.byteLength(JSON.stringify(messages)),
    pendingInputs: { items: [], total: 0 },
  };
}

function sessionStatus({ shop, agent, sessionKey, args }: Invocation) {
  const asked = typeof args["sessionKey"] === "string" ? args["sessionKey"].trim().toLowerCase() : sessionKey;
  const session = shop.sessions.find(asked);
  if (session === undefined && asked !== "main") throw refuseNotOk(500, "tool_error", "tool execution failed");
  const seconds = Math.round((Date.now() - shop.sandbox.startedAt) / 1000);
  const tokens = session?.totalTokens ?? null;
  const lines = [
    "🦞 OpenClaw 2026.9.6 (sandbox)",
    `Reference UTC: ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`,
    `⏱️ Uptime: gateway ${seconds}s · ${availableParallelism()} CPUs`,
    "",
    `🧠 Model: ${provider.id}/${provider.defaultModel}`,
    `📚 Context: ${tokens ?? "?"}/128k`,
    "",
    `🧵 Session: ${asked}`,
  ];
  return {
    ok: true,
    sessionKey: asked,
    agentId: session?.agent ?? agent,
    changedModel: false,
    stateVersion: 0,
    statusText: lines.join("\n"),
  };
}

function whole(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 1000 ? value : otherwise;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

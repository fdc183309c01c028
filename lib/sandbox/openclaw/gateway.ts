import type { Sandbox } from "#lib/sandbox/context.ts";
import type { Exchange } from "#lib/sandbox/exchange.ts";
import { type Access, makeAccess } from "#lib/sandbox/openclaw/access.ts";
import { Refusal, sendJson, sendRefusal, sendText } from "#lib/sandbox/openclaw/answers.ts";
import { internalFailure } from "#lib/sandbox/openclaw/attempts.ts";
import { chatCompletions } from "#lib/sandbox/openclaw/chat.ts";
import { embeddings } from "#lib/sandbox/openclaw/embeddings.ts";
import { makeGate, makeKeyedGate } from "#lib/sandbox/openclaw/gate.ts";
import { controlUi, live, ready } from "#lib/sandbox/openclaw/health.ts";
import { sessionHistory } from "#lib/sandbox/openclaw/history.ts";
import { listModels, oneModel } from "#lib/sandbox/openclaw/models.ts";
import { responses } from "#lib/sandbox/openclaw/responses.ts";
import { makeSessions, sessionTables } from "#lib/sandbox/openclaw/sessions.ts";
import { invokeTool } from "#lib/sandbox/openclaw/tools.ts";
import type { TurnShop } from "#lib/sandbox/openclaw/turn.ts";

export const gatewayTables = [sessionTables];

/** An imitation of the OpenClaw gateway 2026.9.6, as its contract was observed. */
export interface Gateway {
  answer(exchange: Exchange): Promise<void>;
  turns(): { running: number; waiting: number };
  /** Lockouts, cool-downs and remembered responses; with `sessions` also every session. */
  reset(options: { sessions: boolean }): void;
  /** Cancels what runs and resolves when nothing touches the store any more. */
  settled(): Promise<void>;
}

export interface GatewayShop extends TurnShop {
  access: Access;
  /** Which session a response id continues. In memory, as in the real one. */
  responseSessions: Map<string, { key: string; at: number }>;
  closing: AbortSignal;
}

interface Route {
  methods: string[];
  /** Null: everybody may. Mode none lets requests name their scopes. */
  scope: "operator.read" | "operator.write" | null;
  act(shop: GatewayShop, exchange: Exchange): Promise<void> | void;
}

export function makeGateway(sandbox: Sandbox): Gateway {
  const closing = new AbortController();
  const active = new Set<Promise<void>>();
  const shop: GatewayShop = {
    sandbox,
    sessions: makeSessions(sandbox.store),
    lines: makeKeyedGate(),
    slots: makeGate(() => sandbox.settings.openclaw.maxConcurrent),
    access: makeAccess(sandbox),
    responseSessions: new Map(),
    closing: closing.signal,
  };
  return {
    answer(exchange) {
      const work = answer(shop, exchange).finally(() => active.delete(work));
      active.add(work);
      return work;
    },
    turns: () => ({ running: shop.slots.inside(), waiting: shop.slots.waiting() }),
    reset({ sessions }) {
      shop.access.reset();
      shop.sessions.warmUp();
      shop.responseSessions.clear();
      if (sessions) shop.sessions.forgetAll();
    },
    async settled() {
      closing.abort();
      await Promise.allSettled(active);
    },
  };
}

async function answer(shop: GatewayShop, exchange: Exchange): Promise<void> {
  const route = routeOf(shop, exchange);
  if (route === null) return sendText(exchange.wire, 404, "Not Found");
  // The method is looked at before the credential.
  if (!route.methods.includes(exchange.method))
    return sendText(exchange.wire, 405, "Method Not Allowed", { Allow: route.methods.join(", ") });
  try {
    if (route.scope !== null) {
      shop.access.check(exchange);
      shop.access.requireScope(exchange, route.scope);
    }
    await route.act(shop, exchange);
  } catch (error) {
    if (exchange.wire.gone.aborted || shop.closing.aborted) return;
    if (error instanceof Refusal) return sendRefusal(exchange.wire, error);
    console.error("sandbox gateway:", error);
    sendRefusal(exchange.wire, internalFailure().refusal);
  }
}

const post = (act: Route["act"]): Route => ({ methods: ["POST"], scope: "operator.write", act });
const get = (act: Route["act"]): Route => ({ methods: ["GET"], scope: "operator.read", act });

/** Null: 404 in plain text, as for an endpoint that is switched off. */
function routeOf({ sandbox }: GatewayShop, { method, path }: Exchange): Route | null {
  const { chat, responses: responsesOn, release } = sandbox.settings.openclaw;
  const early = release === "2026.2";
  const open = { methods: ["GET", "HEAD"], scope: null };
  switch (path) {
    case "/healthz":
      return { ...open, act: (_, { wire }) => live(wire) };
    case "/readyz":
      return { ...open, act: ({ sandbox }, { wire }) => ready(sandbox, wire) };
    case "/v1/chat/completions":
      return chat ? post(chatCompletions) : null;
    case "/v1/responses":
      return responsesOn ? post(responses) : null;
    case "/tools/invoke":
      return post(invokeTool);
    case "/v1/models":
      return (chat || responsesOn) && !early
        ? get((_, { wire }) => sendJson(wire, 200, listModels(sandbox.settings.openclaw)))
        : null;
    case "/v1/embeddings":
      return (chat || responsesOn) && !early ? post(embeddings) : null;
  }
  if (path.startsWith("/v1/models/") && (chat || responsesOn) && !early) return get(oneModel);
  if (/^\/sessions\/[^/]+\/history$/.test(path)) return get(sessionHistory);
  if (path.startsWith("/v1/")) return null;
  // Every other page is the Control UI.
  return method === "GET" || method === "HEAD" ? { ...open, act: (_, { wire }) => controlUi(wire) } : null;
}

import { z } from "zod";
import { ProviderFault } from "#lib/sandbox/openclaw/model-call.ts";
import { type ErrorCode, refuse, sendJson } from "#lib/sandbox/openmarlin/answers.ts";
import { bodyOf } from "#lib/sandbox/openmarlin/body.ts";
import { executionEvents } from "#lib/sandbox/openmarlin/execution-events.ts";
import type { Execution } from "#lib/sandbox/openmarlin/executions.ts";
import { newId } from "#lib/sandbox/openmarlin/ids.ts";
import { write } from "#lib/sandbox/openmarlin/purser.ts";
import { type Route, routeOf } from "#lib/sandbox/openmarlin/routing.ts";
import type { KeyVisit, OpenShop } from "#lib/sandbox/openmarlin/shop.ts";

const executionBody = z.strictObject({
  instruction: z.string().min(1),
  kind: z.string().default("agent_run"),
  stream: z.boolean().default(false),
  provider_id: z.string().min(1).optional(),
  labels: z.record(z.string().min(1), z.string()).optional(),
  agent_id: z.string().min(1).optional(),
  session_key: z.string().min(1).max(512).optional(),
  timeout_ms: z.int().positive().max(86_400_000).optional(),
  model: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

/** When no `timeout_ms` is given. The real one's is unknown. */
const usualTimeoutMs = 600_000;

/**
 * POST /v1/executions. No idempotency: every call is another execution, and another charge. The price is taken when the
 * execution is accepted and given back when it fails. A client that leaves does not end it, since nothing can: it goes
 * on, is charged and belongs to its session. All of that is the sandbox's choice, the unkind one where there were two.
 */
export async function execute(shop: OpenShop, { exchange, workspaceId }: KeyVisit): Promise<void> {
  const order = await bodyOf(exchange, executionBody, { labels: "invalid_routing_labels" });
  if (order.kind !== "agent_run") throw refuse("execution_kind_not_available");
  const { settings, clock, log } = shop.sandbox;
  const route = routeOf(order, settings.openmarlin.providersDown);
  const execution: Execution = {
    requestId: newId("req"),
    workspaceId,
    sessionKey: order.session_key ?? null,
    providerId: route.provider.id,
    model: route.model,
    instruction: order.instruction,
  };
  const earlier = order.session_key === undefined ? [] : shop.executions.earlier(workspaceId, order.session_key);
  shop.executions.begin(execution, route.price);
  log.add({ kind: "execution", ...execution, stream: order.stream });

  const { wire } = exchange;
  const events = order.stream ? executionEvents(wire, execution, settings.openmarlin) : null;
  events?.start();
  const timeout = AbortSignal.timeout(order.timeout_ms ?? usualTimeoutMs);
  try {
    const text = await write({
      agentId: order.agent_id ?? null,
      instruction: order.instruction,
      extra: exchange.plan.directive?.text ?? "",
      earlier,
      execution,
      clock,
      signal: AbortSignal.any([timeout, shop.closing]),
      emit: (piece) => events?.chunk(piece),
    });
    shop.executions.succeed(execution, text);
    const output = settings.openmarlin.outputShape === "text" ? text : { text, finish_reason: "stop" };
    const answer = { request_id: execution.requestId, output, metadata: metadataOf(route, order) };
    if (events === null) sendJson(wire, 200, answer);
    else events.end(answer);
  } catch (error) {
    shop.executions.fail(execution);
    if (shop.closing.aborted) return wire.end();
    // A provider that broke off in the middle takes the stream with it: there is no last event.
    if (error instanceof ProviderFault && error.how === "cut" && events !== null) return wire.end();
    const code = codeOf(error, timeout);
    if (code === null) throw error;
    if (events === null) throw refuse(code);
    events.error(code);
  }
}

/** Null for what nobody foresaw. How a failing provider is told is unknown beyond the code's name. */
function codeOf(error: unknown, timeout: AbortSignal): ErrorCode | null {
  if (timeout.aborted) return "execution_timeout";
  return error instanceof ProviderFault ? "provider_unavailable" : null;
}

function metadataOf({ provider, model }: Route, order: z.infer<typeof executionBody>) {
  return {
    ...order.metadata,
    provider_id: provider.id,
    model,
    ...(order.session_key === undefined ? {} : { session_key: order.session_key }),
  };
}

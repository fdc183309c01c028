import { randomUUID } from "node:crypto";
import type { Exchange } from "#lib/sandbox/exchange.ts";
import { agentOf, backendModelOf, header, type SessionAddress, sessionOf } from "#lib/sandbox/openclaw/addressing.ts";
import { sendJson, sendStreamHead } from "#lib/sandbox/openclaw/answers.ts";
import { TurnFailure } from "#lib/sandbox/openclaw/attempts.ts";
import { jsonBody, parsed } from "#lib/sandbox/openclaw/body.ts";
import { cutNote } from "#lib/sandbox/openclaw/chat.ts";
import type { GatewayShop } from "#lib/sandbox/openclaw/gateway.ts";
import { type ResponsesBody, responsesBody, responsesPrompt } from "#lib/sandbox/openclaw/responses-body.ts";
import { runTurn } from "#lib/sandbox/openclaw/turn.ts";
import type { TurnOrder, TurnResult } from "#lib/sandbox/openclaw/turn-order.ts";
import { encodeEvent } from "#lib/shared/sse.ts";

const maxBodyBytes = 20 * 1024 * 1024;
const remembered = { count: 500, ms: 30 * 60_000 };

/** POST /v1/responses. Client functions are accepted and never called: how they look here is not in the contract. */
export async function responses(shop: GatewayShop, exchange: Exchange): Promise<void> {
  const body = parsed(responsesBody, await jsonBody(exchange, maxBodyBytes));
  const agent = agentOf(exchange.headers, body.model, shop.sandbox.settings.openclaw);
  if (header(exchange.headers, "x-openclaw-model") !== undefined) shop.access.requireScope(exchange, "operator.admin");
  const backendModel = backendModelOf(exchange.headers);
  const prompt = responsesPrompt(body);
  const session = continued(
    shop,
    body,
    sessionOf(exchange.headers, body.user, agent, "openresponses", shop.sandbox.settings.openclaw),
  );
  const id = `resp_${randomUUID()}`;
  const order: Omit<TurnOrder, "onText"> = {
    runId: id,
    session,
    model: backendModel,
    prompt: prompt.text,
    images: prompt.images,
    system: prompt.system,
    clientTools: [],
    extra: exchange.plan.directive?.text ?? "",
    signal: AbortSignal.any([exchange.wire.gone, shop.closing]),
  };
  remember(shop, id, session.key);
  const shape = makeShape(id, body.model);
  if (body.stream === true) return streamed(shop, exchange, order, shape);
  try {
    const result = await runTurn(shop, { ...order, onText: () => {} });
    const text = result.finish === "length" ? `${result.text}\n\n${cutNote}` : result.text;
    sendJson(exchange.wire, 200, shape.ended({ ...result, text }));
  } catch (error) {
    if (!(error instanceof TurnFailure)) throw error;
    const { status, body: refused } = error.refusal;
    // The refusal was made by refuse(): it has this shape.
    sendJson(exchange.wire, status, shape.failed((refused as { error: { message: string; type: string } }).error));
  }
}

async function streamed(
  shop: GatewayShop,
  { wire }: Exchange,
  order: Omit<TurnOrder, "onText">,
  shape: ReturnType<typeof makeShape>,
): Promise<void> {
  const send = (type: string, fields: object) =>
    wire.write(encodeEvent({ event: type, data: JSON.stringify({ type, ...fields }) }));
  const place = { item_id: shape.messageId, output_index: 0, content_index: 0 };
  sendStreamHead(wire);
  send("response.created", { response: shape.running() });
  send("response.in_progress", { response: shape.running() });
  send("response.output_item.added", { output_index: 0, item: shape.emptyItem() });
  send("response.content_part.added", { ...place, part: { type: "output_text", text: "" } });
  let whole = "";
  try {
    const result = await runTurn(shop, {
      ...order,
      onText: (text) => {
        whole += text;
        return send("response.output_text.delta", { ...place, delta: text }) ? undefined : wire.drained();
      },
    });
    const ended = shape.ended({ ...result, text: whole });
    send("response.output_text.done", { ...place, text: whole });
    send("response.content_part.done", { ...place, part: { type: "output_text", text: whole } });
    send("response.output_item.done", { output_index: 0, item: ended.output[0] });
    send(`response.${ended.status}`, { response: ended });
  } catch (error) {
    if (order.signal.aborted) return wire.end();
    if (!(error instanceof TurnFailure)) throw error;
    send("response.failed", { response: shape.failed(error.inStream) });
  }
  wire.end("data: [DONE]\n\n");
}

/** The response object in its states. */
function makeShape(id: string, model: string) {
  const messageId = `msg_${randomUUID()}`;
  const head = { id, object: "response", created_at: Math.floor(Date.now() / 1000) };
  const item = (text: string, status: string) => ({
    type: "message",
    id: messageId,
    role: "assistant",
    content: [{ type: "output_text", text }],
    phase: "final_answer",
    status,
  });
  return {
    messageId,
    emptyItem: () => ({ type: "message", id: messageId, role: "assistant", content: [], status: "in_progress" }),
    running: () => ({ ...head, status: "in_progress", model, output: [], usage: usageOf(0, 0) }),
    ended({ text, finish, usage }: TurnResult) {
      const cut = finish === "length";
      const status = cut ? "incomplete" : "completed";
      return {
        ...head,
        status,
        model,
        output: [item(text, status)],
        usage: usageOf(usage.input, usage.output),
        ...(cut ? { incomplete_details: { reason: "max_output_tokens" } } : {}),
      };
    },
    failed: ({ message, type }: { message: string; type: string }) => ({
      ...head,
      status: "failed",
      model,
      output: [],
      usage: usageOf(0, 0),
      error: { code: type, message },
    }),
  };
}

function usageOf(input: number, output: number) {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  };
}

/** An unknown or expired id silently begins a new conversation. */
function continued(
  { responseSessions, sandbox }: GatewayShop,
  body: ResponsesBody,
  fresh: SessionAddress,
): SessionAddress {
  const known = responseSessions.get(body.previous_response_id ?? "");
  const recent = known !== undefined && known.at > Date.now() - sandbox.clock.scaled(remembered.ms);
  return recent ? { ...fresh, key: known.key } : fresh;
}

function remember({ responseSessions }: GatewayShop, id: string, key: string): void {
  responseSessions.set(id, { key, at: Date.now() });
  const oldest = responseSessions.keys().next().value;
  if (responseSessions.size > remembered.count && oldest !== undefined) responseSessions.delete(oldest);
}

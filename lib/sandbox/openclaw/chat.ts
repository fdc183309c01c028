import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Exchange } from "#lib/sandbox/exchange.ts";
import { agentOf, backendModelOf, header, sessionOf } from "#lib/sandbox/openclaw/addressing.ts";
import { invalid, type Refusal, refuse, sendJson, sendStreamHead } from "#lib/sandbox/openclaw/answers.ts";
import { TurnFailure } from "#lib/sandbox/openclaw/attempts.ts";
import { jsonBody, parsed } from "#lib/sandbox/openclaw/body.ts";
import { type ChatStream, currentStream, earlyStream } from "#lib/sandbox/openclaw/chat-stream.ts";
import type { GatewayShop } from "#lib/sandbox/openclaw/gateway.ts";
import { promptOf } from "#lib/sandbox/openclaw/prompt.ts";
import { runTurn } from "#lib/sandbox/openclaw/turn.ts";
import type { TurnOrder, TurnResult } from "#lib/sandbox/openclaw/turn-order.ts";

const maxBodyBytes = 20 * 1024 * 1024;

/** Unknown fields are ignored. Messages are read by hand: the real one refuses none by its shape. */
const chatBody = z.looseObject({
  model: z.string().optional(),
  messages: z.array(z.unknown()).optional(),
  stream: z.boolean().optional(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  user: z.string().optional(),
  max_tokens: z.number().positive().nullish(),
  max_completion_tokens: z.number().positive().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }).optional() })).nullish(),
  tool_choice: z.unknown().optional(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
});

/** POST /v1/chat/completions. */
export async function chatCompletions(shop: GatewayShop, exchange: Exchange): Promise<void> {
  const { settings } = shop.sandbox;
  const early = settings.openclaw.release === "2026.2" || exchange.plan.early_release !== undefined;
  const body = parsed(chatBody, await jsonBody(exchange, maxBodyBytes));
  checkRanges(body);
  const model = body.model ?? "openclaw";
  const agent = agentOf(exchange.headers, body.model, settings.openclaw);
  if (header(exchange.headers, "x-openclaw-model") !== undefined) shop.access.requireScope(exchange, "operator.admin");
  const backendModel = backendModelOf(exchange.headers);
  const prompt = promptOf(body.messages ?? []);
  const session = sessionOf(exchange.headers, body.user, agent, "openai", settings.openclaw);
  const id = `chatcmpl_${randomUUID()}`;
  const created = Math.floor(Date.now() / 1000);
  const order: Omit<TurnOrder, "onText"> = {
    runId: id,
    session,
    model: backendModel,
    prompt: prompt.text,
    images: prompt.images,
    system: prompt.system,
    clientTools: (body.tools ?? []).flatMap((tool) => tool.function?.name ?? []),
    extra: exchange.plan.directive?.text ?? "",
    // The early releases let a run go on when the client left.
    signal: early ? shop.closing : AbortSignal.any([exchange.wire.gone, shop.closing]),
  };
  const mustCall = body.tool_choice === "required";
  if (body.stream === true) {
    const make = early ? earlyStream : currentStream;
    const stream = make(exchange.wire, { id, created, model }, body.stream_options?.include_usage === true);
    return streamed(shop, exchange, order, mustCall, stream);
  }
  const result = await settledTurn(shop, { ...order, onText: () => {} }, mustCall, early);
  const usage = early ? noUsage : usageOf(result);
  const choice = { index: 0, message: messageOf(result), finish_reason: result.finish };
  sendJson(exchange.wire, 200, { id, object: "chat.completion", created, model, choices: [choice], usage });
}

async function streamed(
  shop: GatewayShop,
  { wire }: Exchange,
  order: Omit<TurnOrder, "onText">,
  mustCall: boolean,
  stream: ChatStream,
): Promise<void> {
  sendStreamHead(wire);
  stream.open();
  try {
    const result = await runTurn(shop, { ...order, onText: (text) => stream.text(text) });
    if (mustCall && result.clientCall === null) return stream.fail(unmetChoice);
    if (result.clientCall !== null) stream.call(result.clientCall);
    stream.close(result.finish, usageOf(result));
  } catch (error) {
    if (order.signal.aborted) return wire.end();
    if (!(error instanceof TurnFailure)) throw error;
    stream.fail(error.inStream);
  }
}

async function settledTurn(
  shop: GatewayShop,
  order: TurnOrder,
  mustCall: boolean,
  early: boolean,
): Promise<TurnResult> {
  try {
    const result = await runTurn(shop, order);
    if (mustCall && result.clientCall === null) throw refuse(502, unmetChoice.type, unmetChoice.message);
    // Only the plain answer carries this sentence; the stream has `finish_reason` alone.
    return result.finish === "length" ? { ...result, text: `${result.text}\n\n${cutNote}` } : result;
  } catch (error) {
    if (!(error instanceof TurnFailure)) throw error;
    throw early ? refuse(500, "api_error", "internal error") : error.refusal;
  }
}

/** What the gateway adds to a plain answer that met the model's limit. */
export const cutNote =
  "⚠️ Reply truncated at the model's output token limit. The text above is partial — ask to continue it.";

const unmetChoice = {
  message: "tool_choice=required was not satisfied by the agent response",
  type: "api_error",
};

const noUsage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

function usageOf({ usage: { input, output } }: TurnResult) {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

function messageOf({ text, clientCall }: TurnResult) {
  if (clientCall === null) return { role: "assistant", content: text };
  const { name, arguments: args } = clientCall;
  const call = { id: `call_${randomUUID()}`, type: "function", function: { name, arguments: JSON.stringify(args) } };
  return { role: "assistant", content: text === "" ? null : text, tool_calls: [call] };
}

/** The sentences for what the schema lets through. Those for `top_p` and `stop` beyond what was seen are modelled on the rest. */
function checkRanges(body: z.infer<typeof chatBody>): void {
  const between = (name: "temperature" | "top_p", most: number): Refusal | null => {
    const value = body[name];
    return value == null || (value >= 0 && value <= most)
      ? null
      : invalid(`\`${name}\` must be between 0 and ${most}.`);
  };
  const problem = between("temperature", 2) ?? between("top_p", 1);
  if (problem !== null) throw problem;
  if (Array.isArray(body.stop) && body.stop.length > 4)
    throw invalid("Invalid stop: stop supports at most 4 sequences");
}

import { randomBytes } from "node:crypto";
import type { Sandbox } from "#lib/sandbox/context.ts";
import { provider } from "#lib/sandbox/openclaw/addressing.ts";
import type { ModelAnswer, ModelCall } from "#lib/sandbox/openclaw/model-call.ts";
import { callModel } from "#lib/sandbox/openclaw/provider.ts";
import type { Sessions, StoredMessage } from "#lib/sandbox/openclaw/sessions.ts";
import { callTool } from "#lib/sandbox/openclaw/tool-box.ts";
import type { Situation, TurnOrder, TurnResult } from "#lib/sandbox/openclaw/turn-order.ts";

/** Calls the model until it answers without a tool. Throws a ProviderFault, a TurnFailure, or the signal's reason. */
export async function runAgent(
  { sandbox, sessions }: { sandbox: Sandbox; sessions: Sessions },
  order: TurnOrder,
  { history, text, done }: Situation,
  wording: string,
): Promise<TurnResult> {
  const shown = whatIsShown(history, order, wording);
  const { toolResults, usage } = done;
  const users = [...shown.users];
  for (;;) {
    const roles = [...shown.roles, ...done.roles];
    const call: ModelCall = {
      agent: order.session.agent,
      model: order.model,
      messages: roles.length + 1,
      users: users.length,
      images: shown.images,
      last: users.at(-1) ?? "",
      spoken: order.prompt,
      newImages: order.images.length,
      earlier: shown.users.slice(0, -1),
      toolResults,
      turn: order.runId,
      signal: order.signal,
      clock: sandbox.clock,
      emit: text.push,
    };
    text.begin();
    const answer = await observed(sandbox, order, call, roles, () => callModel(call));
    const said = await text.finish();
    usage.input += answer.usage.input;
    usage.output += answer.usage.output;

    const clientCall = clientCallIn(answer, order.clientTools);
    if (answer.toolCall === null && said === "" && users.length === shown.users.length) {
      // The gateway asks again by itself, once.
      users.push(repromptText);
      done.roles.push("user");
      continue;
    }
    const id = `call_${randomBytes(8).toString("hex")}`;
    sessions.append(order.session.key, order.runId, {
      role: "assistant",
      text: said,
      toolCall: answer.toolCall === null ? null : { id, ...answer.toolCall },
      model: order.model || provider.defaultModel,
      usage: answer.usage,
      stopReason: answer.toolCall === null ? answer.finish : "toolUse",
    });
    if (clientCall !== null) return { text: said, finish: "tool_calls", clientCall, usage };
    if (answer.toolCall === null) {
      const spoken = said === "" ? "No response from OpenClaw." : said;
      if (said === "") await order.onText(spoken);
      return { text: spoken, finish: answer.finish, clientCall: null, usage };
    }
    const result = callTool(answer.toolCall.name, answer.toolCall.arguments);
    sessions.append(order.session.key, order.runId, {
      role: "toolResult",
      toolCallId: id,
      toolName: answer.toolCall.name,
      ...result,
    });
    toolResults.push(result.text);
    done.roles.push("assistant", "tool");
  }
}

const repromptText =
  "The previous attempt did not produce a user-visible answer. Continue from the current state and produce the visible answer now. Do not restart from scratch.";

/** The real prompt also has a time before each user turn and a line about the session after the first: see the contract. */
function whatIsShown(history: StoredMessage[], order: TurnOrder, wording: string) {
  const roles = ["system"];
  const users: string[] = [];
  let images = 0;
  const sees = !provider.textOnly.includes(order.model);
  for (const { content } of history) {
    // The note about a failure is for people; the model sees the user's message alone.
    if (content.role === "assistant" && content.stopReason === "error") continue;
    roles.push(content.role === "toolResult" ? "tool" : content.role);
    if (content.role !== "user") continue;
    users.push(content.text);
    if (sees) images += content.images.length;
  }
  roles.push("user");
  users.push(order.extra === "" ? wording : `${wording} ${order.extra}`);
  if (sees) images += order.images.length;
  return { roles, users, images };
}

/** Writes down what the model was shown, and whether it was cancelled. */
async function observed(
  { log }: Sandbox,
  order: TurnOrder,
  call: ModelCall,
  roles: string[],
  act: () => Promise<ModelAnswer>,
): Promise<ModelAnswer> {
  const { agent, key } = order.session;
  log.add({
    kind: "chat",
    agent,
    session: key,
    model: order.model,
    users: call.users,
    images: call.images,
    last: call.last.slice(-2000),
    roles: [...roles, "user"].join(","),
    toolResults: call.toolResults.map((result) => result.slice(0, 500)),
    system: order.system,
    imageBytes: order.images.map(({ bytes }) => bytes),
  });
  const began = performance.now();
  const left = () =>
    log.add({
      kind: "client-abort",
      agent,
      session: key,
      last: call.last.slice(-80),
      ms: Math.round(performance.now() - began),
    });
  order.signal.addEventListener("abort", left, { once: true });
  try {
    return await act();
  } finally {
    order.signal.removeEventListener("abort", left);
  }
}

/**
 * A client's function is reached through the gateway's own `tool_call`, which names it. How that call looks inside is not
 * in the contract; here it is `{ "name": ..., "arguments": {...} }`.
 */
function clientCallIn({ toolCall }: ModelAnswer, clientTools: string[]): TurnResult["clientCall"] {
  if (toolCall?.name !== "tool_call") return null;
  const given = toolCall.arguments as { name?: unknown; arguments?: unknown } | null;
  return typeof given?.name === "string" && clientTools.includes(given.name)
    ? { name: given.name, arguments: given.arguments ?? {} }
    : null;
}

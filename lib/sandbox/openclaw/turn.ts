import type { Sandbox } from "#lib/sandbox/context.ts";
import { provider } from "#lib/sandbox/openclaw/addressing.ts";
import { runAgent } from "#lib/sandbox/openclaw/agent-loop.ts";
import { coolingFailure, courseOf, failureOf } from "#lib/sandbox/openclaw/attempts.ts";
import type { Gate, makeKeyedGate } from "#lib/sandbox/openclaw/gate.ts";
import { ProviderFault } from "#lib/sandbox/openclaw/model-call.ts";
import { makeRunText } from "#lib/sandbox/openclaw/run-text.ts";
import type { Sessions, StoredMessage } from "#lib/sandbox/openclaw/sessions.ts";
import type { Situation, TurnOrder, TurnResult } from "#lib/sandbox/openclaw/turn-order.ts";

/** What turns share. */
export interface TurnShop {
  sandbox: Sandbox;
  sessions: Sessions;
  /** One turn at a time in a session; a number of turns at a time in all. */
  lines: ReturnType<typeof makeKeyedGate>;
  slots: Gate;
}

/** Runs one turn, from its place in the line to the stored answer. Throws a TurnFailure, or the signal's reason. */
export async function runTurn(shop: TurnShop, order: TurnOrder): Promise<TurnResult> {
  const leaveLine = await shop.lines.enter(order.session.key, order.signal);
  try {
    const leaveSlot = await shop.slots.enter(order.signal);
    try {
      return await runAdmitted(shop, order);
    } finally {
      leaveSlot();
    }
  } finally {
    leaveLine();
  }
}

async function runAdmitted(shop: TurnShop, order: TurnOrder): Promise<TurnResult> {
  const { sandbox, sessions } = shop;
  const { key, agent } = order.session;
  const coolingUntil = sessions.coolingUntil(agent);
  if (coolingUntil > Date.now()) throw coolingFailure(coolingUntil, sandbox.clock);

  sessions.open(key, agent, order.model);
  const stored = sessions.messages(key);
  const { history, queued } = takeUnanswered(sessions, key, stored);
  const user = sessions.append(key, order.runId, { role: "user", text: order.prompt, images: order.images }, true);
  try {
    const result = await attempt(shop, order, {
      history,
      queued,
      text: makeRunText(order.onText),
      done: { toolResults: [], roles: [], usage: { input: 0, output: 0 } },
    });
    sessions.settle(key, order.runId);
    sessions.close(key, result.usage.input);
    return result;
  } catch (error) {
    if (order.signal.aborted) {
      // The partial answer is not stored, and neither is what tools did; the user message waits for the next turn.
      sessions.removeFrom(key, user.seq + 1);
    }
    sessions.close(key, null);
    throw error;
  }
}

/** Takes the message out of the session, with whatever its turn had stored behind it. */
function takeUnanswered(sessions: Sessions, key: string, stored: StoredMessage[]) {
  const at = stored.findIndex(({ unanswered }) => unanswered);
  const message = stored[at];
  if (message?.content.role !== "user") return { history: stored, queued: null };
  sessions.removeFrom(key, message.seq);
  return { history: stored.slice(0, at), queued: message.content.text };
}

/** Asks the provider again and again, as long as the kind of its fault allows. */
async function attempt({ sandbox, sessions }: TurnShop, order: TurnOrder, situation: Situation): Promise<TurnResult> {
  const { key, agent } = order.session;
  const began = performance.now();
  const until = (ms: number) =>
    sandbox.clock.exactly(began + sandbox.clock.scaled(ms) - performance.now(), order.signal);
  for (let number = 0; ; number += 1) {
    try {
      return await runAgent({ sandbox, sessions }, order, situation, wordingOf(order.prompt, situation.queued, number));
    } catch (error) {
      if (!(error instanceof ProviderFault)) throw error;
      const course = courseOf(error);
      const next = course.attemptsAtMs[number + 1];
      if (next !== undefined) {
        situation.text.retry();
        await until(next);
        continue;
      }
      await until(course.endsAtMs);
      const partial = situation.text.partial();
      sessions.append(key, order.runId, {
        role: "assistant",
        text: partial === "" ? course.note : `${course.note}\n\n${partial}`,
        toolCall: null,
        model: order.model || provider.defaultModel,
        usage: { input: 0, output: 0 },
        stopReason: "error",
      });
      sessions.settle(key, order.runId);
      if (course.coolDownMs > 0) sessions.coolDown(agent, Date.now() + sandbox.clock.scaled(course.coolDownMs));
      throw failureOf(course);
    }
  }
}

const queuedNote =
  "[Queued user message from a previous active turn; preserved as context only. Continue with the active prompt below.]";
const continueNote =
  "Continue the current task from the existing transcript, preserving completed work. If an action was interrupted, inspect its state before deciding whether to retry it. Do not restart the task or repeat completed actions.";

/** How the newest user turn is worded for the model. A retry treats the person's own message as a queued one. */
function wordingOf(prompt: string, queued: string | null, number: number): string {
  if (number > 0) return `${queuedNote}\n${prompt}\n\n${continueNote}`;
  return queued === null ? prompt : `${queuedNote}\n${queued}\n\n${prompt}`;
}

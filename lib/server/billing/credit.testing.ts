import "server-only";
import { GET as getBalance } from "#app/api/billing/balance/route.ts";
import { POST as postTopUp } from "#app/api/billing/top-ups/route.ts";
import { POST as postChat } from "#app/api/chat/route.ts";
import { GET as getConversation } from "#app/api/conversations/[id]/route.ts";
import { GET as getJob } from "#app/api/jobs/[id]/route.ts";
import type { TestBrowser } from "#lib/server/auth/testing.ts";
import { EventReader } from "#lib/server/chat/testing.ts";
import { eventually, type MarlinHouse } from "#lib/server/openmarlin/testing.ts";
import { uuidv7 } from "#lib/server/store/ids.ts";
import { type ControlledSandbox, controlSandbox } from "#lib/server/upstream/openmarlin/testing.ts";
import type { ConversationView, MessageView } from "#lib/shared/chat/types.ts";
import type { JobView } from "#lib/shared/jobs.ts";

/** What messages of these tests are sent with; one costs 1.2 credits in the sandbox. */
export const model = "harbour/beacon";

/** Sends a message to OpenMarlin and reads its answer to the end. */
export async function send(
  browser: TestBrowser,
  text: string,
  more: {
    conversationId?: string;
    parentId?: string;
    requestId?: string;
    model?: string | null;
    routing?: object;
  } = {},
): Promise<EventReader> {
  const { parentId = null, conversationId = null, ...rest } = more;
  const intent = { kind: "send", parentId, text, attachmentIds: [] };
  const body = { requestId: uuidv7(), conversationId, agentId: "@openmarlin", model, intent, ...rest };
  const response = await browser.send(postChat, "/api/chat", body);
  if (response.headers.get("content-type")?.startsWith("text/event-stream") !== true)
    throw new Error(await response.text());
  const reader = new EventReader(response);
  await reader.done;
  return reader;
}

/** Asks for a top-up as the page does. */
export async function topUp(
  browser: TestBrowser,
  amount: string,
  more: object = {},
): Promise<{ job: JobView; joined: boolean }> {
  const response = await browser.send(postTopUp, "/api/billing/top-ups", { requestId: uuidv7(), amount, ...more });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** What a person does on the checkout page. */
export async function checkout(
  sandbox: ControlledSandbox,
  { job }: { job: JobView },
  verb: "pay" | "decline" | "leave" | "credit",
  body = {},
): Promise<void> {
  const id = String(job.result?.["checkoutUrl"]).split("/").at(-1);
  await controlSandbox(sandbox, "POST", `/openmarlin/checkouts/${id}/${verb}`, body);
}

export async function jobOf(browser: TestBrowser, id: string): Promise<JobView> {
  return (await browser.get(getJob, `/api/jobs/${id}`, { id })).json();
}

export async function conversation(browser: TestBrowser, id: string): Promise<ConversationView> {
  return (await browser.get(getConversation, `/api/conversations/${id}`, { id })).json();
}

/** The message that a conversation shows last. */
export async function lastOf(browser: TestBrowser, id: string): Promise<MessageView | undefined> {
  return (await conversation(browser, id)).messages.at(-1);
}

/** How many executions the sandbox has been sent. */
export async function executions(sandbox: ControlledSandbox): Promise<number> {
  const { entries } = await controlSandbox(sandbox, "GET", "/requests");
  return (entries as { kind: string }[]).filter(({ kind }) => kind === "execution").length;
}

export async function balance(browser: TestBrowser): Promise<unknown> {
  return (await browser.get(getBalance, "/api/billing/balance")).json();
}

/** Follows a job to its end. */
export function endOf({ jobs }: Pick<MarlinHouse, "jobs">, browser: TestBrowser, id: string): Promise<JobView> {
  return eventually(jobs, async () => {
    const job = await jobOf(browser, id);
    return job.endedAt === null ? undefined : job;
  });
}

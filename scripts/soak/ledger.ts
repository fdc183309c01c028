import type { ConversationView, MessageView } from "#lib/shared/chat/types.ts";
import type { HttpPerson } from "#scripts/support/person.ts";

/** What a browser was told before the server died. */
export interface Acknowledged {
  owner: HttpPerson;
  conversationId: string;
  userMessageId: string;
  assistantMessageId: string;
  /** What was asked. */
  text: string;
  /** What of the answer had arrived, and when the last of it did, by performance.now(). */
  pieces: { text: string; at: number }[];
  /** The state that the stream ended in; null when it was cut. */
  ended: MessageView["state"] | null;
}

/** How much of an answer may be lost with the process: what arrived in its last second. */
const lossMs = 1000;

/** Sentences about what the store says otherwise than what was acknowledged before the kill at `killedAt`. */
export function findBroken(entry: Acknowledged, view: ConversationView, killedAt: number): string[] {
  const problems: string[] = [];
  const user = view.messages.find(({ id }) => id === entry.userMessageId);
  const assistant = view.messages.find(({ id }) => id === entry.assistantMessageId);
  if (user?.text !== entry.text)
    problems.push(`the message ${entry.userMessageId} is ${user === undefined ? "lost" : "changed"}`);
  if (assistant === undefined) return [...problems, `the answer ${entry.assistantMessageId} is lost`];
  const { state, text } = assistant;
  if (state === "streaming" || state === "queued") problems.push(`the answer ${assistant.id} is still ${state}`);
  if (entry.ended === null && state === "complete" && !isWhole(entry.text, text))
    problems.push(`the answer ${assistant.id} calls itself complete`);
  if (entry.ended !== null && state !== entry.ended)
    problems.push(`the answer ${assistant.id} was ${entry.ended} and is ${state}`);
  const seen = entry.pieces.map((piece) => piece.text).join("");
  const durable = entry.pieces
    .filter(({ at }) => entry.ended !== null || at < killedAt - lossMs)
    .map((piece) => piece.text)
    .join("");
  if (!text.startsWith(durable)) problems.push(`the answer ${assistant.id} lost text older than a second`);
  if (!text.startsWith(seen) && !seen.startsWith(text))
    problems.push(`the answer ${assistant.id} has other text than was seen`);
  return problems;
}

/** The stub numbers its tokens from 0; the order `[[n=…]]` said how many. */
function isWhole(order: string, text: string): boolean {
  const count = Number(/n=(\d+)/.exec(order)?.[1]);
  return text.startsWith("0:") && new RegExp(`_${count - 1}:[0-9a-z]+_$`).test(text);
}

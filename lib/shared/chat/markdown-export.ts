import type { AttachmentView, MessageRole, MessageState } from "#lib/shared/chat/types.ts";
import type { Text } from "#lib/shared/messages/text.ts";

/** What an exported message says of itself. */
export interface ExportedMessage {
  role: MessageRole;
  state: MessageState;
  text: string;
  agentId: string | null;
  /** Milliseconds. */
  createdAt: number;
  attachments: AttachmentView[];
}

/** The beginning of a conversation as Markdown: its title and when it was; times in milliseconds. */
export function markdownHead(conversation: { title: string; createdAt: number }, now: number, t: Text): string {
  const times = t("transcript.started", { time: minuteOf(conversation.createdAt), now: minuteOf(now) });
  return `# ${escaped(conversation.title)}\n\n*${times}*\n`;
}

/** One message as Markdown: who and when, its own Markdown untouched, its images by name, and how it ended if not well. */
export function markdownMessage(message: ExportedMessage, t: Text): string {
  const who = message.role === "user" ? t("transcript.you") : (message.agentId ?? t("transcript.answer"));
  const parts = [`## ${escaped(who)} · ${minuteOf(message.createdAt)}`];
  if (message.text !== "") parts.push(closed(message.text));
  for (const { name } of message.attachments) parts.push(`*${escaped(t("transcript.image", { name }))}*`);
  if (message.state !== "complete") parts.push(`*${t(`transcript.states.${message.state}`)}*`);
  return `\n${parts.join("\n\n")}\n`;
}

/** `2026-10-07 13:05`, UTC. */
function minuteOf(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}

/** Our own lines hold names that are no Markdown. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>#|]/g, "\\$&").replaceAll(/\s+/g, " ");
}

/** An answer that was cut inside a code block must not swallow what follows it. */
function closed(text: string): string {
  let open: string | null = null;
  for (const [, fence = "", info = ""] of text.matchAll(/^ {0,3}(`{3,}|~{3,})(.*)$/gm)) {
    if (open === null) open = fence;
    else if (fence[0] === open[0] && fence.length >= open.length && info.trim() === "") open = null;
  }
  return open === null ? text : `${text}\n${open}`;
}

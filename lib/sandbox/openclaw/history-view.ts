import { createHash } from "node:crypto";
import { provider } from "#lib/sandbox/openclaw/addressing.ts";
import { type SessionRow, type StoredMessage, transcriptSource } from "#lib/sandbox/openclaw/sessions.ts";

/** Stored messages as the history shows them. One that says something and calls a tool is shown as two, under one number. */
export function historyItems(session: SessionRow, messages: StoredMessage[]): Record<string, unknown>[] {
  return messages.flatMap((message) => itemsOf(session, message));
}

function itemsOf(session: SessionRow, { seq, id, runId, at, content }: StoredMessage): Record<string, unknown>[] {
  // The real numbering begins behind entries of its own.
  const transcriptPosition = { source: transcriptSource(session.sessionId), rawSeq: seq + 3 };
  const place = { recordTimestampMs: at, transcriptPosition, seq };
  if (content.role === "user") {
    const idempotencyKey = `${keyOf(id)}:user`;
    const shown = content.images.map(({ mimeType, bytes }, index) => {
      const where = {
        source: transcriptPosition.source,
        rawSeq: seq + 3,
        messageId: id,
        messageSeq: seq,
        contentIndex: index + 1,
      };
      const artifactId = `artifact_transcript_image_${Buffer.from(JSON.stringify(where)).toString("base64url")}`;
      return { type: "image", mimeType, artifactId, omitted: true, bytes };
    });
    return [
      {
        role: "user",
        content: shown.length === 0 ? content.text : [{ type: "text", text: content.text }, ...shown],
        timestamp: at,
        __openclaw: { senderIsOwner: true, id, idempotencyKey, ...place },
        idempotencyKey,
      },
    ];
  }
  const run = { runId, id, ...place };
  if (content.role === "toolResult") {
    const { toolCallId, toolName, text, isError } = content;
    return [
      {
        role: "toolResult",
        toolCallId,
        toolName,
        content: [{ type: "text", text }],
        isError,
        timestamp: at,
        __openclaw: run,
      },
    ];
  }
  const { text, toolCall, usage, stopReason, model } = content;
  const facts = {
    api: "openai-completions",
    provider: provider.id,
    model,
    usage: {
      input: usage.input,
      output: usage.output,
      totalTokens: usage.input + usage.output,
      cacheRead: 0,
      cacheWrite: 0,
      cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
    },
    stopReason,
    timestamp: at,
  };
  if (stopReason === "error") {
    const idempotencyKey = `${runId}:terminal-error`;
    return [
      {
        role: "assistant",
        content: [{ type: "text", text }],
        ...facts,
        idempotencyKey,
        __openclaw: { runId, id, idempotencyKey, ...place },
      },
    ];
  }
  const answer = { ...facts, responseId: "chatcmpl-stub", __openclaw: run };
  if (toolCall === null) return [{ role: "assistant", content: [{ type: "text", text }], ...answer }];
  const { id: callId, name, arguments: args } = toolCall;
  const call = { role: "assistant", content: [{ type: "toolCall", id: callId, name, arguments: args }], ...answer };
  if (text === "") return [call];
  const itemId = `commentary-0-${keyOf(id).replaceAll("-", "").slice(0, 24)}`;
  const said = {
    role: "assistant",
    content: [{ type: "text", text }],
    timestamp: at,
    openclawStreamFallback: { replacementText: text, source: "segment", itemId },
    __openclaw: run,
  };
  return [said, call];
}

/** Another id, always the same for one message. */
function keyOf(id: string): string {
  const hex = createHash("sha256").update(id).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

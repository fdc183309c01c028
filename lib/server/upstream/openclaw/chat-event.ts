import "server-only";
import { AppError } from "#lib/shared/errors.ts";

/** What one event of a chat stream, or a whole answer, says; read leniently, and only what is used. */
export interface ChatPiece {
  /** Text to append; "" when there is none. */
  text: string;
  finish: FinishReason | null;
  usage: Usage | null;
  /** The failure that it reports: the `error` member as it came. */
  error: unknown;
}

export type FinishReason = "stop" | "length" | "tool_calls";

export interface Usage {
  inputTokens: number;
  outputTokens: number;
}

/** Parses the data of one event, or a whole JSON answer. Throws `gateway_malformed` when it is no JSON object. */
export function readPiece(json: string): ChatPiece {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new AppError("gateway_malformed", "An event of the stream is not JSON.", { cause });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new AppError("gateway_malformed", "An event of the stream is not an object.");
  }
  // An object just now: members are read one by one and checked.
  const body = parsed as { choices?: unknown; usage?: unknown; error?: unknown };
  const choice: unknown = Array.isArray(body.choices) ? body.choices[0] : undefined;
  const piece: ChatPiece = { text: "", finish: null, usage: readUsage(body.usage), error: body.error ?? undefined };
  if (typeof choice !== "object" || choice === null) return piece;
  const { delta, message, finish_reason } = choice as { delta?: unknown; message?: unknown; finish_reason?: unknown };
  piece.text = contentOf(delta) || contentOf(message);
  piece.finish = readFinish(finish_reason);
  return piece;
}

function contentOf(holder: unknown): string {
  if (typeof holder !== "object" || holder === null) return "";
  const { content } = holder as { content?: unknown };
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  let text = "";
  for (const part of content as unknown[]) {
    const value = (part as { text?: unknown } | null)?.text;
    if (typeof value === "string") text += value;
  }
  return text;
}

function readFinish(value: unknown): FinishReason | null {
  if (value === "length" || value === "tool_calls" || value === "stop") return value;
  return typeof value === "string" && value !== "" ? "stop" : null;
}

/** Zeros are what older gateways send for "not known". */
function readUsage(value: unknown): Usage | null {
  if (typeof value !== "object" || value === null) return null;
  const { prompt_tokens, completion_tokens } = value as { prompt_tokens?: unknown; completion_tokens?: unknown };
  if (!isCount(prompt_tokens) || !isCount(completion_tokens)) return null;
  if (prompt_tokens === 0 && completion_tokens === 0) return null;
  return { inputTokens: prompt_tokens, outputTokens: completion_tokens };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

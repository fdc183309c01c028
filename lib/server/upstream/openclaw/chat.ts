import "server-only";
import { env } from "#lib/server/env.ts";
import { limits as allLimits } from "#lib/server/limits/limits.ts";
import { loadedConnection, openclawConnection } from "#lib/server/settings/connection.ts";
import { guard, learn } from "#lib/server/upstream/openclaw/breaker.ts";
import { ChatReader, type ChatResult } from "#lib/server/upstream/openclaw/chat-reader.ts";
import {
  authHeaders,
  type OpenClawConnection,
  type RequestingPerson,
} from "#lib/server/upstream/openclaw/connection.ts";
import { failureOfFault } from "#lib/server/upstream/openclaw/failures.ts";
import { gatewayKind } from "#lib/server/upstream/openclaw/kind.ts";
import { type ExchangeLimits, exchange } from "#lib/server/upstream/transport.ts";
import { isTransportFault } from "#lib/server/upstream/transport-fault.ts";
import type { UpstreamEvent } from "#lib/shared/chat/events.ts";
import { AppError } from "#lib/shared/errors.ts";

/** A part of the one new message of a turn. Images are base64 without a prefix. */
export type ChatPart = { type: "text"; text: string } | { type: "image"; mediaType: string; base64: string };

export interface ChatRequest {
  /** Must come from the server's list of agents. */
  agentId: string;
  /** `agent:<agentId>:web:<hex>`, made by the server. */
  sessionKey: string;
  /** `provider/model` that an admin offers for this agent. */
  model?: string | null;
  parts: ChatPart[];
  /** Aborting closes the connection at once; the promise then rejects with the signal's reason. */
  signal: AbortSignal;
  /** Sent only in trusted-proxy mode. */
  person?: RequestingPerson;
  /** Overrides of the time limits. */
  limits?: Partial<ExchangeLimits>;
  /** The effective connection unless given. */
  connection?: OpenClawConnection;
}

/**
 * Sends one turn and calls `on` once for each chunk of the answer that says something, with at most one `delta` in it.
 * Resolves when the answer ended well. Rejects with an AppError whose code names the failure; what was passed to `on`
 * until then is the partial text. Repeats the request once, when nobody listened and it never left.
 *
 * Only this turn's message is sent: the gateway's session holds the ones before.
 */
export async function streamChat(request: ChatRequest, on: (events: UpstreamEvent[]) => void): Promise<ChatResult> {
  const connection = request.connection ?? loadedConnection() ?? (await openclawConnection());
  guard(connection);
  const limits = timeLimits(connection, request.limits);
  const outgoing = {
    origin: connection.origin,
    method: "POST" as const,
    path: `${connection.prefix}/v1/chat/completions`,
    headers: chatHeaders(connection, request),
    body: chatBody(connection, request),
    signal: request.signal,
    limits,
  };
  for (let attempt = 1; ; attempt += 1) {
    const reader = new ChatReader(on);
    try {
      await exchange(outgoing, reader);
      return reader.end();
    } catch (error) {
      if (request.signal.aborted) throw request.signal.reason;
      if (!isTransportFault(error)) throw learn(connection, error);
      if (error.kind === "refused" && attempt === 1) {
        await pause(refusedPauseMs, request.signal);
        continue;
      }
      throw learn(connection, reader.failure(failureOfFault(error, limits)));
    }
  }
}

const refusedPauseMs = 500;

function timeLimits(connection: OpenClawConnection, overrides: Partial<ExchangeLimits> | undefined): ExchangeLimits {
  const { firstByteMs, slowFirstByteMs, idleMs, totalMs } = allLimits.upstream;
  const { openclaw: wanted } = env();
  // Older gateways send nothing before the first word of the answer.
  const first = gatewayKind(connection) === "old" ? slowFirstByteMs : firstByteMs;
  return {
    firstByteMs: wanted.firstByteMs ?? first,
    idleMs: wanted.idleMs ?? idleMs,
    totalMs: wanted.totalMs ?? totalMs,
    ...overrides,
  };
}

function chatHeaders(connection: OpenClawConnection, request: ChatRequest): Record<string, string> {
  const { agentId, sessionKey, model } = request;
  // These become headers: whatever they are called elsewhere, they are held against their pattern here.
  if (!agentIdPattern.test(agentId)) throw new AppError("agent_unavailable");
  if (!sessionKeyPattern.test(sessionKey)) throw new AppError("internal", "A session key of another shape.");
  const overrides = model !== undefined && model !== null;
  if (overrides && !modelPattern.test(model)) throw new AppError("agent_unavailable");
  return {
    "content-type": "application/json",
    accept: "text/event-stream, application/json",
    ...authHeaders(connection, { overridesModel: overrides, person: request.person }),
    "x-openclaw-agent-id": agentId,
    "x-openclaw-session-key": sessionKey,
    "x-openclaw-message-channel": "webchat",
    ...(overrides ? { "x-openclaw-model": model } : {}),
  };
}

function chatBody(connection: OpenClawConnection, request: ChatRequest): string {
  const separator = gatewayKind(connection) === "old" ? ":" : "/";
  const body = JSON.stringify({
    model: `openclaw${separator}${request.agentId}`,
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: "user", content: contentOf(request.parts) }],
  });
  if (body.length > allLimits.upstream.requestBytes || Buffer.byteLength(body) > allLimits.upstream.requestBytes) {
    throw new AppError("too_large", "The gateway takes no larger message.", {
      facts: { limitBytes: allLimits.upstream.requestBytes },
    });
  }
  return body;
}

function contentOf(parts: ChatPart[]): unknown {
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only?.type === "text") return only.text;
  return parts.map((part) => {
    if (part.type === "text") return { type: "text", text: part.text };
    if (!imageTypePattern.test(part.mediaType)) throw new AppError("unsupported_media_type");
    return { type: "image_url", image_url: { url: `data:${part.mediaType};base64,${part.base64}` } };
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    function onAbort(): void {
      clearTimeout(timer);
      reject(signal.reason);
    }
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

const agentIdPattern = /^[a-z0-9][a-z0-9_-]{0,63}$/i;
const sessionKeyPattern = /^agent:[a-z0-9][a-z0-9_-]{0,63}:web:[0-9a-f]{32}$/;
const modelPattern = /^[a-z0-9][a-z0-9._:@/-]{0,127}$/i;
/** What the gateway takes as base64 image parts. */
const imageTypePattern = /^image\/(png|jpeg|gif|webp|heic|heif)$/;

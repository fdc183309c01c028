import type { ExecutionRouting } from "#lib/shared/openmarlin/types.ts";

/**
 * The body of `POST /v1/executions`: what is sent, and what "Show request" shows (there with a word in the place of the
 * session key, which never leaves the server). What is not set is left out, so that OpenMarlin routes by itself.
 */
export function executionRequest(
  routing: ExecutionRouting,
  { model, instruction, sessionKey }: { model: string | null; instruction: string; sessionKey: string },
): Record<string, unknown> {
  const { providerId, labels, agentId, timeoutMs, metadata, stream = true } = routing;
  const hasLabels = labels !== undefined && Object.keys(labels).length > 0;
  return {
    kind: "agent_run",
    instruction,
    stream,
    session_key: sessionKey,
    ...(model === null ? {} : { model }),
    ...(providerId === undefined ? {} : { provider_id: providerId }),
    ...(hasLabels ? { labels } : {}),
    ...(agentId === undefined ? {} : { agent_id: agentId }),
    ...(timeoutMs === undefined ? {} : { timeout_ms: timeoutMs }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

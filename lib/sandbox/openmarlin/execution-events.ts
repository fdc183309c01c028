import type { ErrorCode } from "#lib/sandbox/openmarlin/answers.ts";
import type { Execution } from "#lib/sandbox/openmarlin/executions.ts";
import type { MarlinSettings } from "#lib/sandbox/settings.ts";
import type { Wire } from "#lib/sandbox/wire.ts";

/**
 * A streamed execution: named events, no `[DONE]`. Only the four names are known; every field inside `data` is the
 * sandbox's choice, and the one that carries the text can be chosen by a setting.
 */
export function executionEvents(
  wire: Wire,
  { requestId, providerId, model }: Execution,
  { chunkField }: Pick<MarlinSettings, "chunkField">,
) {
  const send = (name: string, data: object) =>
    wire.write(`event: execution.${name}\ndata: ${JSON.stringify(data)}\n\n`);
  return {
    start(): void {
      wire.head(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache",
      });
      send("start", { request_id: requestId, provider_id: providerId, model });
    },
    chunk(text: string): Promise<void> | void {
      if (!send("chunk", { request_id: requestId, [chunkField]: text })) return wire.drained();
    },
    end(answer: object): void {
      send("end", answer);
      wire.end();
    },
    error(code: ErrorCode): void {
      send("error", { request_id: requestId, error: code });
      wire.end();
    },
  };
}

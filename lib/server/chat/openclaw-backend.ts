import "server-only";
import type { Backend, TurnRequest } from "#lib/server/chat/backend.ts";
import { knownSecrets } from "#lib/server/known-secrets.ts";
import { SecretFilter, SecretPieces } from "#lib/server/secret-pieces.ts";
import { currentConnection } from "#lib/server/settings/connection.ts";
import { type ChatPart, streamChat } from "#lib/server/upstream/openclaw/chat.ts";

/**
 * Runs on whatever OpenClaw gateway is connected now, the sandbox included. An agent that reads files or its own session
 * may say our credential or the session's key: neither gets into an answer.
 */
export const openclawBackend: Backend = {
  async stream(request, on) {
    const { agentId, sessionKey, model, signal, person } = request;
    const filter = new SecretFilter([knownSecrets(), new SecretPieces([sessionKey.split(":").at(-1) ?? ""])]);
    try {
      await streamChat({ agentId, sessionKey, model, signal, person, parts: partsOf(request) }, (events) => {
        on(events.map((event) => (event.type === "delta" ? { ...event, text: filter.push(event.text) } : event)));
      });
    } finally {
      const rest = filter.end();
      if (rest !== "") on([{ type: "delta", text: rest }]);
    }
  },
  origin: () => currentConnection().fingerprint,
};

function partsOf({ text, images }: TurnRequest): ChatPart[] {
  const pictures = images.map(({ mediaType, bytes }) => ({
    type: "image" as const,
    mediaType,
    base64: Buffer.from(bytes).toString("base64"),
  }));
  return [{ type: "text", text }, ...pictures];
}

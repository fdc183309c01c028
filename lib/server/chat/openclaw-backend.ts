import "server-only";
import type { Backend, TurnRequest } from "#lib/server/chat/backend.ts";
import { currentConnection } from "#lib/server/settings/connection.ts";
import { type ChatPart, streamChat } from "#lib/server/upstream/openclaw/chat.ts";

/** Runs on whatever OpenClaw gateway is connected now, the sandbox included. */
export const openclawBackend: Backend = {
  async stream(request, on) {
    const { agentId, sessionKey, model, signal, person } = request;
    await streamChat({ agentId, sessionKey, model, signal, person, parts: partsOf(request) }, on);
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

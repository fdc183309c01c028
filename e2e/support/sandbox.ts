import { readFileSync } from "node:fs";
import path from "node:path";
import type { SharedServer } from "#e2e/support/shared-server.ts";

/** Tells the sandbox of a server to misbehave; the shapes are those of its control endpoint. */
export async function control(
  server: Pick<SharedServer, "dataDir">,
  method: string,
  what: string,
  body?: unknown,
): Promise<unknown> {
  const file = readFileSync(path.join(server.dataDir, "sandbox.json"), "utf8");
  // The server wrote it.
  const { origin, controlToken } = JSON.parse(file) as { origin: string; controlToken: string };
  const response = await fetch(`${origin}/__control/${what}`, {
    method,
    headers: { authorization: `Bearer ${controlToken}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${what} answered ${response.status}: ${await response.text()}`);
  return await response.json();
}

/** The next chat request that holds `contains` is answered with this text, streamed. */
export async function answerWith(server: SharedServer, contains: string, text: string): Promise<void> {
  const chunk = (delta: Record<string, string>, finish: string | null = null) =>
    `data: ${JSON.stringify({
      id: "chatcmpl_1",
      object: "chat.completion.chunk",
      created: 1,
      model: "openclaw/harbour-guide",
      choices: [{ index: 0, delta, finish_reason: finish }],
    })}\n\n`;
  const pieces = text.match(/[\s\S]{1,7}/g) ?? [];
  const body = `${chunk({ role: "assistant" })}${pieces.map((content) => chunk({ content })).join("")}${chunk({}, "stop")}data: [DONE]\n\n`;
  await control(server, "POST", "faults", {
    match: { path: "/v1/chat/completions", contains },
    faults: [{ kind: "status", status: 200, contentType: "text/event-stream; charset=utf-8", body }],
  });
}

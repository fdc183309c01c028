// An upstream for measuring: an OpenClaw gateway's model list and chat stream, told by the message what to stream. Run as
// a process of its own; prints `listening <port>`. Every token reads `<number>:<time>_`, so that whoever receives the text
// can say what was lost, reordered or late. `[[n=20 every=50 id=a1]]` asks for 20 tokens, 50 ms
// apart (absent: as fast as they are read), and names the stream in the statistics; `text=markdown` for real prose.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { markdownTokens } from "#scripts/support/markdown-tokens.ts";
import { pause } from "#scripts/support/processes.ts";
import { stampNow } from "#scripts/support/stamps.ts";

/** What `GET /stats` answers; times by the machine's monotonic clock, in microseconds. */
export interface StubStats {
  open: number;
  started: number;
  completed: number;
  aborted: number;
  /** When each aborted stream was seen to close, by the `id` in its message. */
  closedAt: Record<string, number>;
}

const stats: StubStats = { open: 0, started: 0, completed: 0, aborted: 0, closedAt: {} };

const server = createServer((request, response) => {
  const url = request.url ?? "";
  if (url === "/stats") return json(response, stats);
  if (url === "/healthz") return json(response, { ok: true, status: "live" });
  if (url === "/v1/models") return json(response, models);
  if (url === "/v1/chat/completions" && request.method === "POST") return void chat(request, response);
  response.writeHead(404, { "content-type": "text/plain" }).end("Not Found");
});
server.keepAliveTimeout = 120_000;
server.listen(Number(process.env["STUB_PORT"] ?? 0), "127.0.0.1", 4096, () => {
  const address = server.address();
  console.log(`listening ${typeof address === "object" ? address?.port : ""}`);
});

const models = {
  object: "list",
  data: ["openclaw", "openclaw/default", "openclaw/main"].map((id) => ({
    id,
    object: "model",
    created: 0,
    owned_by: "openclaw",
    permission: [],
  })),
};

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}

async function chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const part of request.setEncoding("utf8")) body += part;
  const order = readOrder(body);
  const count = Number(order.get("n") ?? 20);
  const everyMs = order.has("every") ? Number(order.get("every")) : undefined;
  const id = order.get("id");
  const prose = order.get("text") === "markdown" ? markdownTokens(count) : undefined;
  const text = (index: number) => prose?.[index] ?? `${index}:${stampNow()}_`;

  stats.started += 1;
  stats.open += 1;
  let finished = false;
  response.once("close", () => {
    stats.open -= 1;
    if (finished) stats.completed += 1;
    else stats.aborted += 1;
    if (id !== undefined) stats.closedAt[id] = Number(process.hrtime.bigint() / 1000n);
  });

  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  response.socket?.setNoDelay(true);
  response.write(chunk({ role: "assistant" }));
  const startedAt = performance.now();
  for (let index = 0; index < count && !response.destroyed; index += 1) {
    const ready = response.write(chunk({ content: text(index) }));
    if (everyMs !== undefined) await pause(startedAt + (index + 1) * everyMs - performance.now());
    else if (!ready) await Promise.race([once(response, "drain"), once(response, "close")]);
    else if (index % 16 === 15) await new Promise((resolve) => setImmediate(resolve));
  }
  if (response.destroyed) return;
  finished = true;
  response.end(`${chunk({}, "stop")}data: [DONE]\n\n`);
}

function chunk(delta: Record<string, string>, finish: string | null = null): string {
  return `data: ${JSON.stringify({
    id: "chatcmpl_de0ce876-f5b8-40f7-a432-c3aabfc50d99",
    object: "chat.completion.chunk",
    created: 1_795_312_718,
    model: "openclaw/main",
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`;
}

/** The last `[[…]]` of the request: what to stream. */
function readOrder(body: string): Map<string, string> {
  const order = body.slice(body.lastIndexOf("[[") + 2, body.lastIndexOf("]]"));
  return new Map(order.split(" ").map((word) => [word.split("=")[0] ?? "", word.split("=")[1] ?? ""]));
}

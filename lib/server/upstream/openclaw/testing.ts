import "server-only";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, createServer as createTcpServer } from "node:net";
import { onTestFinished } from "vitest";
import { type ChatRequest, streamChat } from "#lib/server/upstream/openclaw/chat.ts";
import type { ChatResult } from "#lib/server/upstream/openclaw/chat-reader.ts";
import { makeConnection, type OpenClawConnection } from "#lib/server/upstream/openclaw/connection.ts";
import { parseBase } from "#lib/server/upstream/origin.ts";
import type { UpstreamEvent } from "#lib/shared/chat/events.ts";
import { isAppError } from "#lib/shared/errors.ts";

/** How a gateway made for one test answers a request, whose body it has read. */
export type Answer = (response: ServerResponse, request: IncomingMessage, body: string) => void | Promise<void>;

/** Listens on a free port of loopback until the test ends. */
export async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  onTestFinished(() => {
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on TCP has an address of this shape.
  return (server.address() as AddressInfo).port;
}

/** A gateway of a test's own making, and the connection to it. */
export async function gateway(answer: Answer, change: Partial<OpenClawConnection> = {}): Promise<OpenClawConnection> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => void answer(response, request, body));
  });
  return { ...connectTo(await listen(server)), ...change };
}

/** A connection to a port of this machine, with a credential of its own. */
export function connectTo(port: number, auth: OpenClawConnection["auth"] = "token"): OpenClawConnection {
  const base = parseBase(`http://127.0.0.1:${port}`);
  if ("problem" in base) throw new Error(base.problem);
  return makeConnection({ base, auth, credential: `secret-${port}`, fingerprint: "real" });
}

/** What became of one turn. */
export interface Outcome {
  text: string;
  calls: number;
  events: UpstreamEvent[];
  result: ChatResult | null;
  code: string | null;
  error: unknown;
}

/** Sends one turn and keeps everything that came back. */
export async function chatWith(
  connection: OpenClawConnection,
  limits: ChatRequest["limits"] = {},
  change: Partial<ChatRequest> = {},
): Promise<Outcome> {
  const outcome: Outcome = { text: "", calls: 0, events: [], result: null, code: null, error: null };
  try {
    outcome.result = await streamChat(
      {
        connection,
        agentId: "main",
        sessionKey: `agent:main:web:${"0".repeat(32)}`,
        parts: [{ type: "text", text: "hello" }],
        signal: new AbortController().signal,
        limits: { firstByteMs: 5000, idleMs: 5000, totalMs: 10_000, ...limits },
        ...change,
      },
      (events) => {
        outcome.calls += 1;
        for (const event of events) {
          outcome.events.push(event);
          if (event.type === "delta") outcome.text += event.text;
        }
      },
    );
  } catch (error) {
    outcome.error = error;
    outcome.code = isAppError(error) ? error.code : String(error);
  }
  return outcome;
}

/** Headers of an event stream. */
export const eventStream = { "content-type": "text/event-stream; charset=utf-8" };
/** An event with text. */
export const piece = (content: string, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
/** The first event of a newer gateway. */
export const role = `data: {"choices":[{"index":0,"delta":{"role":"assistant"},"finish_reason":null}]}\n\n`;
/** The event that says why the answer ends. */
export const finish = (reason: string) => `data: {"choices":[{"index":0,"delta":{},"finish_reason":"${reason}"}]}\n\n`;
export const done = "data: [DONE]\n\n";

/** Writes the parts with a turn of the event loop between them, so that each arrives as a chunk of its own. */
export function writes(parts: (string | Buffer)[], head: Record<string, string> = eventStream): Answer {
  return async (response) => {
    response.writeHead(200, head);
    for (const part of parts) {
      response.write(part);
      await new Promise((resolve) => setTimeout(resolve, 8));
    }
    response.end();
  };
}

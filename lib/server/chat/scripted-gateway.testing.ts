import "server-only";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { TestGateway } from "#lib/server/chat/testing.ts";

/** One turn that a gateway received, answered by the test word by word. */
export class Call {
  readonly headers: IncomingHttpHeaders;
  /** The newest message as text. */
  readonly text: string;
  readonly closed: Promise<void>;
  isClosed = false;
  readonly #response: ServerResponse;

  constructor(headers: IncomingHttpHeaders, body: string, response: ServerResponse) {
    this.headers = headers;
    this.#response = response;
    const parsed: { messages: { content: string | { text?: string }[] }[] } = JSON.parse(body);
    const content = parsed.messages.at(-1)?.content ?? "";
    this.text = typeof content === "string" ? content : content.map((part) => part.text ?? "").join("");
    this.closed = new Promise((resolve) => {
      response.once("close", () => {
        this.isClosed = true;
        resolve();
      });
    });
  }

  get sessionKey(): string {
    return String(this.headers["x-openclaw-session-key"]);
  }

  /** Sends text, in the real gateway's frames. */
  say(text: string): this {
    return this.#chunk({ choices: [{ index: 0, delta: { content: text }, finish_reason: null }] });
  }

  finish(): void {
    this.#chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
    this.#chunk({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } });
    this.#response.end("data: [DONE]\n\n");
  }

  fail(message: string, type: string): void {
    this.#head();
    this.#response.end(`data: ${JSON.stringify({ error: { message, type } })}\n\ndata: [DONE]\n\n`);
  }

  refuse(status: number, error: { message: string; type: string }): void {
    this.#response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error }));
  }

  /** Ends the connection in the middle, once what was said has left. */
  cut(): void {
    this.#response.write(": \n\n", () => this.#response.destroy());
  }

  #chunk(chunk: object): this {
    this.#head();
    this.#response.write(
      `data: ${JSON.stringify({ id: "chatcmpl_1", object: "chat.completion.chunk", ...chunk })}\n\n`,
    );
    return this;
  }

  #head(): void {
    if (this.#response.headersSent) return;
    this.#response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
    this.#chunk({ choices: [{ index: 0, delta: { role: "assistant" }, finish_reason: null }] });
  }
}

export interface ScriptedGateway extends TestGateway {
  readonly calls: Call[];
  /** Waits for the n-th turn, from 0. */
  call(index: number): Promise<Call>;
}

/** A gateway on loopback whose every answer the test speaks. */
export async function scriptedGateway(): Promise<ScriptedGateway> {
  const calls: Call[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    if (request.url !== "/v1/chat/completions") {
      response.writeHead(404, { "content-type": "text/plain" }).end("Not Found");
      return;
    }
    let body = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      body += part;
    });
    request.on("end", () => {
      calls.push(new Call(request.headers, body, response));
      for (const wake of waiting.splice(0)) wake();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // A listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    token: "test-token",
    calls,
    async call(index) {
      for (;;) {
        const call = calls[index];
        if (call !== undefined) return call;
        await new Promise<void>((wake) => waiting.push(wake));
      }
    },
  };
}

import "server-only";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { OpenMarlinConnection } from "#lib/server/upstream/openmarlin/connection.ts";

/** A connection to whatever listens at `origin`. */
export function connectionTo(origin: string, more: Partial<OpenMarlinConnection> = {}): OpenMarlinConnection {
  return {
    origin,
    place: "real",
    authFlow: "device",
    handoffOrigins: [origin],
    artifactOrigins: [origin],
    sharedKey: null,
    ...more,
  };
}

/** Where a running sandbox takes orders. */
export interface ControlledSandbox {
  url: string;
  controlToken: string;
}

/** The sandbox's control endpoint: its JSON. */
export async function controlSandbox(
  sandbox: ControlledSandbox,
  method: string,
  path: string,
  body: unknown = {},
): Promise<Record<string, unknown>> {
  const response = await fetch(`${sandbox.url}/__control${path}`, {
    method,
    headers: { authorization: `Bearer ${sandbox.controlToken}`, "content-type": "application/json" },
    ...(method === "GET" ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text);
}

/** A workspace of the sandbox with so many credits, without a registration. */
export async function sandboxWorkspace(
  sandbox: ControlledSandbox,
  credits: number,
): Promise<{ workspaceId: string; keyId: string; key: string }> {
  const email = `someone-${Math.random().toString(36).slice(2)}@example.org`;
  const made = await controlSandbox(sandbox, "POST", "/openmarlin/workspaces", { email, credits });
  return { workspaceId: String(made["workspace_id"]), keyId: String(made["key_id"]), key: String(made["secret"]) };
}

export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: unknown;
}

/** A server on loopback whose answers a test speaks. */
export async function scriptedServer(
  answer: (request: ReceivedRequest, response: ServerResponse) => unknown,
): Promise<{ origin: string; requests: ReceivedRequest[] }> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((incoming, response) => {
    let text = "";
    incoming.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    incoming.on("end", () => {
      const { method = "", url = "", headers } = incoming;
      const request = { method, path: url, headers, body: text === "" ? undefined : JSON.parse(text) };
      requests.push(request);
      void answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // A listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, requests };
}

export function sendJson(response: ServerResponse, status: number, value: unknown, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
}

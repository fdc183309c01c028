import type { Exchange } from "#lib/sandbox/exchange.ts";
import { invalid, refuse, sendJson } from "#lib/sandbox/openclaw/answers.ts";
import type { GatewayShop } from "#lib/sandbox/openclaw/gateway.ts";
import type { GatewaySettings } from "#lib/sandbox/settings.ts";

/** GET /v1/models. The two aliases are listed even where, with several agents, they cannot be used. */
export function listModels({ agents }: GatewaySettings) {
  const ids = ["openclaw", "openclaw/default", ...agents.map((agent) => `openclaw/${agent}`)];
  return { object: "list", data: ids.map(model) };
}

/** GET /v1/models/<id>, encoded or not. The forms `openclaw:<id>` and `agent:<id>` are good for chat only. */
export function oneModel({ sandbox }: GatewayShop, { path, wire }: Exchange): void {
  const id = decoded(path.slice("/v1/models/".length));
  if (id === "") throw invalid("Missing model id.");
  const found = listModels(sandbox.settings.openclaw).data.find((entry) => entry.id === id.toLowerCase());
  if (found === undefined) {
    if (!/^(openclaw([/:]|$)|agent:)/i.test(id)) throw invalid("Invalid model id.");
    throw refuse(404, "invalid_request_error", `Model '${id}' not found.`);
  }
  sendJson(wire, 200, found);
}

function model(id: string) {
  return { id, object: "model", created: 0, owned_by: "openclaw", permission: [] };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid("Invalid model id.");
  }
}

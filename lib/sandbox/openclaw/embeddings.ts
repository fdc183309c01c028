import { z } from "zod";
import type { Exchange } from "#lib/sandbox/exchange.ts";
import { agentOf, backendModelOf, header } from "#lib/sandbox/openclaw/addressing.ts";
import { invalid, sendJson } from "#lib/sandbox/openclaw/answers.ts";
import { jsonBody, parsed } from "#lib/sandbox/openclaw/body.ts";
import type { GatewayShop } from "#lib/sandbox/openclaw/gateway.ts";

const maxBodyBytes = 5 * 1024 * 1024;
const limits = { inputs: 128, charsEach: 8192, charsTogether: 65_536 };

const embeddingsBody = z.looseObject({
  model: z.string().optional(),
  input: z.union([z.string(), z.array(z.string())]).optional(),
  dimensions: z.int().positive().max(4096).optional(),
  encoding_format: z.enum(["float", "base64"]).optional(),
});

/** POST /v1/embeddings. Usage is always zero. */
export async function embeddings({ sandbox, access }: GatewayShop, exchange: Exchange): Promise<void> {
  const body = parsed(embeddingsBody, await jsonBody(exchange, maxBodyBytes));
  if (body.model === undefined) throw invalid("Missing `model`.");
  agentOf(exchange.headers, body.model, sandbox.settings.openclaw);
  if (header(exchange.headers, "x-openclaw-model") !== undefined) access.requireScope(exchange, "operator.admin");
  backendModelOf(exchange.headers);
  if (body.input === undefined) throw invalid("`input` must be a string or an array of strings.");
  const inputs = typeof body.input === "string" ? [body.input] : body.input;
  // The limits are in the contract, their words are not.
  if (inputs.length > limits.inputs) throw invalid("Too many inputs.");
  if (inputs.some((input) => input.length > limits.charsEach)) throw invalid("Input too long.");
  if (inputs.reduce((sum, input) => sum + input.length, 0) > limits.charsTogether)
    throw invalid("Total input too long.");
  const data = inputs.map((input, index) => {
    const vector = vectorOf(input, body.dimensions ?? 8);
    return { object: "embedding", index, embedding: body.encoding_format === "base64" ? base64(vector) : vector };
  });
  sendJson(exchange.wire, 200, {
    object: "list",
    data,
    model: body.model,
    usage: { prompt_tokens: 0, total_tokens: 0 },
  });
}

/** The stub's: it depends on the length alone. */
function vectorOf(input: string, dimensions: number): number[] {
  return Array.from({ length: dimensions }, (_, i) => ((input.length + i) % 10) / 10);
}

function base64(vector: number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString("base64");
}

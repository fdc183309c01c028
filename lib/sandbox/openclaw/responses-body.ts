import { z } from "zod";
import { invalid } from "#lib/sandbox/openclaw/answers.ts";
import { type Image, imagesOfDataUris } from "#lib/sandbox/openclaw/images.ts";
import { promptOf } from "#lib/sandbox/openclaw/prompt.ts";

const source = z.union([
  z.strictObject({
    type: z.literal("base64"),
    media_type: z.string(),
    data: z.string(),
    filename: z.string().optional(),
  }),
  z.strictObject({ type: z.literal("url"), url: z.string() }),
]);

/** `input_image` and `input_file` carry a `source`, not the fields of OpenAI: the stock SDK's shape is refused. */
const part = z.union([
  z.strictObject({ type: z.enum(["input_text", "output_text"]), text: z.string() }),
  z.strictObject({ type: z.literal("input_image"), source }),
  z.strictObject({ type: z.literal("input_file"), source }),
]);

const item = z.union([
  z.strictObject({
    type: z.literal("message"),
    role: z.enum(["system", "developer", "user", "assistant"]),
    content: z.union([z.string(), z.array(part)]),
    phase: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal("function_call"),
    id: z.string().optional(),
    call_id: z.string().optional(),
    name: z.string(),
    arguments: z.string(),
  }),
  z.strictObject({ type: z.literal("function_call_output"), call_id: z.string(), output: z.string() }),
  z.looseObject({ type: z.enum(["reasoning", "item_reference"]) }),
]);

/** Unknown keys are refused. */
export const responsesBody = z.strictObject({
  model: z.string(),
  input: z.union([z.string(), z.array(item)]),
  instructions: z.string().optional(),
  tools: z.array(z.looseObject({ type: z.string() })).optional(),
  tool_choice: z.unknown().optional(),
  stream: z.boolean().optional(),
  max_output_tokens: z.int().positive().optional(),
  max_tool_calls: z.int().positive().optional(),
  user: z.string().optional(),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  store: z.boolean().optional(),
  previous_response_id: z.string().optional(),
  reasoning: z.looseObject({}).optional(),
  truncation: z.enum(["auto", "disabled"]).optional(),
});

export type ResponsesBody = z.infer<typeof responsesBody>;

const fileTypes = ["text/plain", "text/markdown", "text/html", "text/csv", "application/json", "application/pdf"];
const maxFileBytes = 5_000_000;
const maxFileChars = 60_000;

/** What the agent is told. Files become part of this call's system prompt: later turns do not know them. Throws 400. */
export function responsesPrompt(body: ResponsesBody): { text: string; images: Image[]; system: string[] } {
  const items =
    typeof body.input === "string"
      ? [{ type: "message" as const, role: "user" as const, content: body.input }]
      : body.input;
  const files: string[] = [];
  const messages: unknown[] = items.map((one) => {
    if (one.type === "function_call_output") return { role: "tool", tool_call_id: one.call_id, content: one.output };
    if (one.type !== "message") return {};
    if (typeof one.content === "string") return { role: one.role, content: one.content };
    files.push(...one.content.flatMap((piece) => (piece.type === "input_file" ? [fileText(piece.source)] : [])));
    return { role: one.role, content: one.content.flatMap(chatPart) };
  });
  try {
    const prompt = promptOf(messages);
    const instructions = body.instructions === undefined ? [] : [body.instructions];
    return { ...prompt, system: [...instructions, ...prompt.system, ...files] };
  } catch (error) {
    // The same refusals, worded for this endpoint.
    if (error instanceof Error && error.message.includes("Missing user message"))
      throw invalid("Missing user message in `input`.");
    throw error;
  }
}

function chatPart(piece: z.infer<typeof part>): unknown[] {
  if (piece.type === "input_file") return [];
  if (piece.type !== "input_image") return [{ type: "text", text: piece.text }];
  // Remote addresses are off, as in the real default.
  if (piece.source.type === "url") throw invalid("Invalid input_image content in `input`.");
  const uri = `data:${piece.source.media_type};base64,${piece.source.data}`;
  try {
    imagesOfDataUris([uri]);
  } catch {
    throw invalid("Invalid input_image content in `input`.");
  }
  return [{ type: "image_url", image_url: { url: uri } }];
}

/** The words of these refusals are ours. */
function fileText(given: z.infer<typeof source>): string {
  if (given.type === "url" || !fileTypes.includes(given.media_type))
    throw invalid("Invalid input_file content in `input`.");
  const bytes = Buffer.from(given.data, "base64");
  if (bytes.length > maxFileBytes) throw invalid("Invalid input_file content in `input`.");
  const text = given.media_type === "application/pdf" ? "(pdf)" : bytes.toString().slice(0, maxFileChars);
  return `<file name="${given.filename ?? "file"}" trust="untrusted">\n${text}\n</file>`;
}

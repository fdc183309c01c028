import { invalid } from "#lib/sandbox/openclaw/answers.ts";
import { type Image, imagesOfDataUris } from "#lib/sandbox/openclaw/images.ts";

/** What the agent is told, made from an OpenAI message list. */
export interface Prompt {
  /** Earlier messages of the request are flattened into this one text. */
  text: string;
  images: Image[];
  system: string[];
}

/**
 * Everything up to the newest user or tool message counts; what follows it is dropped. A list without one ends in its
 * last message, whatever that is. Throws 400 when nothing is said, or for an image that is not accepted.
 */
export function promptOf(messages: unknown[]): Prompt {
  const system: string[] = [];
  const entries: { who: string; role: string; text: string; content: unknown }[] = [];
  for (const message of messages) {
    const { role, content, name, tool_call_id: toolCallId } = record(message);
    const text = textOf(content);
    if (role === "system" || role === "developer") {
      if (text !== "") system.push(text);
      continue;
    }
    const images = role === "user" ? imageUris(content).length : 0;
    if (text === "" && images === 0) continue;
    if (role === "user") entries.push({ who: "User", role, text: text || imagesOnly, content });
    else if (role === "assistant") entries.push({ who: "Assistant", role, text, content });
    else if (role === "tool" || role === "function") {
      const id = typeof toolCallId === "string" ? toolCallId : name;
      entries.push({ who: typeof id === "string" ? `Tool:${id}` : "Tool", role: "tool", text, content });
    }
  }
  const asked = entries.findLastIndex(({ role }) => role === "user" || role === "tool");
  const at = asked >= 0 ? asked : entries.length - 1;
  const current = entries[at];
  if (current === undefined) throw invalid("Missing user message in `messages`.");
  // Only the newest user message's images reach the model, and only they are checked.
  const newest = entries.findLast(({ role }) => role === "user");
  const images = newest === undefined ? [] : imagesOfDataUris(imageUris(newest.content));
  const earlier = entries.slice(0, at);
  if (earlier.length === 0) return { text: current.text, images, system };
  const lines = earlier.map(({ who, text }) => `${who}: ${text}`).join("\n");
  return {
    text: `[Chat messages since your last reply - for context]\n${lines}\n\n[Current message - respond to this]\n${current.who}: ${current.text}`,
    images,
    system,
  };
}

/**
 * A prompt into which somebody flattened earlier messages, taken apart: what the person said last, and the answer before it.
 * The gateway flattens in its words, a client that replays a conversation in words of its own.
 */
export function takenApart(prompt: string): { said: string; answeredBefore: string | null } {
  const mark = [...prompt.matchAll(/\n\n\[Current message[^\]\n]*\]\nUser: /g)].at(-1);
  if (mark === undefined) return { said: prompt, answeredBefore: null };
  const before = prompt.slice(0, mark.index);
  const from = before.lastIndexOf("\nAssistant: ");
  return {
    said: prompt.slice(mark.index + mark[0].length),
    answeredBefore: from < 0 ? null : before.slice(from + "\nAssistant: ".length),
  };
}

const imagesOnly = "User sent image(s) with no text.";

/** Text parts, one a line; every other kind of part is ignored, `file` included. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map(record)
    .filter(({ type, text }) => (type === "text" || type === "input_text") && typeof text === "string")
    .map(({ text }) => text)
    .join("\n");
}

function imageUris(content: unknown): string[] {
  if (!Array.isArray(content)) return [];
  return content
    .map(record)
    .filter(({ type }) => type === "image_url")
    .map(({ image_url: image }) => {
      const url = typeof image === "string" ? image : record(image)["url"];
      return typeof url === "string" ? url : "";
    });
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

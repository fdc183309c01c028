import "server-only";

const maxReplayChars = 200_000;

/**
 * What a new gateway session is told once: the branch so far, flattened, then the newest message. The oldest messages are
 * left out when it would be longer than 200,000 characters.
 */
export function promptText(replay: { role: "user" | "assistant"; text: string }[], text: string): string {
  if (replay.length === 0) return text;
  const kept: string[] = [];
  let size = 0;
  for (const message of replay.toReversed()) {
    const line = `${message.role === "user" ? "User" : "Assistant"}: ${message.text}`;
    size += line.length;
    if (size > maxReplayChars) {
      kept.push("(Earlier messages are left out.)");
      break;
    }
    kept.push(line);
  }
  return `[Conversation so far, for context]\n${kept.reverse().join("\n\n")}\n\n[Current message, answer this]\nUser: ${text}`;
}

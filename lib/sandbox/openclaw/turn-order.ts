import type { SessionAddress } from "#lib/sandbox/openclaw/addressing.ts";
import type { Image } from "#lib/sandbox/openclaw/images.ts";
import type { RunText } from "#lib/sandbox/openclaw/run-text.ts";
import type { StoredMessage } from "#lib/sandbox/openclaw/sessions.ts";

/** What one request asks an agent to do. */
export interface TurnOrder {
  /** `chatcmpl_...` or `resp_...`; the history names it. */
  runId: string;
  session: SessionAddress;
  model: string;
  /** The current message as the gateway words it, earlier ones of the request flattened into it. */
  prompt: string;
  images: Image[];
  /** Texts of the system and developer messages: part of this call's system prompt, never stored. */
  system: string[];
  /** Names of the client's function tools. */
  clientTools: string[];
  /** Directives a fault adds to what the person wrote. */
  extra: string;
  signal: AbortSignal;
  /** Text that may be streamed, as it becomes known. */
  onText(text: string): Promise<void> | void;
}

export interface TurnResult {
  /** The last text alone: what was said before a tool call is in the stream only. */
  text: string;
  finish: "stop" | "length" | "tool_calls";
  clientCall: { name: string; arguments: unknown } | null;
  /** Summed over every model call of the run. */
  usage: { input: number; output: number };
}

/** Where a turn stands between its attempts. */
export interface Situation {
  history: StoredMessage[];
  /** A user message of a turn that was cut off. It is shown to the model once more, with this turn. */
  queued: string | null;
  text: RunText;
  /** What this turn has done so far: a retry goes on from here. */
  done: { toolResults: string[]; roles: string[]; usage: { input: number; output: number } };
}

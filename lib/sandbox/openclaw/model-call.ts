import type { Clock } from "#lib/sandbox/clock.ts";

/** One call of the model, as the gateway makes it. */
export interface ModelCall {
  agent: string;
  model: string;
  /** All messages, the gateway's own system prompt and closing context included. */
  messages: number;
  /** User turns and images among them. */
  users: number;
  images: number;
  /** The newest user turn as the gateway worded it, and what the person wrote. */
  last: string;
  spoken: string;
  newImages: number;
  /** What the person said before, oldest first. */
  earlier: string[];
  /** Results of tools called in this turn. */
  toolResults: string[];
  /** The same for every attempt of one turn. */
  turn: string;
  signal: AbortSignal;
  clock: Clock;
  /** Text and reasoning as they come. */
  emit(kind: "text" | "reasoning", piece: string): Promise<void> | void;
}

export interface ModelAnswer {
  finish: "stop" | "length";
  toolCall: { name: string; arguments: unknown } | null;
  usage: { input: number; output: number };
}

/** How a provider fails. */
export class ProviderFault extends Error {
  readonly how: "status" | "cut" | "error_chunk";
  readonly status: number;
  readonly retryAfterSeconds: number | null;

  constructor(how: "status" | "cut" | "error_chunk", status: number, retryAfterSeconds: number | null = null) {
    super(`${how} ${status}`);
    this.how = how;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

import type { Clock } from "#lib/sandbox/clock.ts";
import { provider } from "#lib/sandbox/openclaw/addressing.ts";
import { type Refusal, refuse } from "#lib/sandbox/openclaw/answers.ts";
import type { ProviderFault } from "#lib/sandbox/openclaw/model-call.ts";

/** A turn that failed for good. */
export class TurnFailure extends Error {
  /** Answer when nothing was streamed. */
  readonly refusal: Refusal;
  /** The error object inside a stream: it may say more than the plain answer does. */
  readonly inStream: { message: string; type: string };

  constructor(refusal: Refusal, inStream: { message: string; type: string }) {
    super(inStream.message);
    this.refusal = refusal;
    this.inStream = inStream;
  }
}

interface Course {
  /** When the attempts begin, in ms since the first. Measured on 2026.9.6; they vary by a third from run to run. */
  attemptsAtMs: number[];
  /** When the gateway gives up. */
  endsAtMs: number;
  status: number;
  type: string;
  message: string;
  /** The sentence that takes the place of the answer in the session's history. */
  note: string;
  coolDownMs: number;
}

/** What the gateway makes of a provider's fault. */
export function courseOf(fault: ProviderFault): Course {
  const text = `${fault.status} stub error ${fault.status}`;
  const temporary = "This is usually temporary — try again shortly.";
  if (fault.how === "cut")
    return {
      ...serverCourse,
      message: "upstream provider timeout",
      note: `⚠️ LLM request failed (request timed out). ${temporary}`,
    };
  if (fault.how === "error_chunk" || fault.status >= 500 || fault.status === 408 || fault.status === 409)
    return {
      ...serverCourse,
      note: `⚠️ LLM request failed (provider internal error, HTTP ${fault.status}). ${temporary}`,
    };
  const once = { attemptsAtMs: [0], endsAtMs: 0, message: text, coolDownMs: 0, status: fault.status };
  switch (fault.status) {
    case 429:
      return {
        ...once,
        attemptsAtMs: [0, 7800, 16_000, 24_000, 35_300, 47_000, 77_900, 108_600, 139_300],
        endsAtMs: 159_000,
        type: "rate_limit_error",
        message: fault.retryAfterSeconds === null ? text : `${text}; Retry-After: ${fault.retryAfterSeconds} seconds`,
        note: `⚠️ LLM request failed (rate limited, HTTP 429). ${temporary}`,
      };
    case 402:
      return {
        ...once,
        type: "insufficient_quota",
        note: "⚠️ LLM request failed (billing or credits exhausted, HTTP 402).",
        coolDownMs: 10 * 60_000,
      };
    // 403 is not in the contract; it is taken for the same refusal of the key.
    case 401:
    case 403:
      return {
        ...once,
        endsAtMs: 2500,
        type: "authentication_error",
        note: `⚠️ LLM request failed (authentication failed, HTTP ${fault.status}). Re-authenticate the provider and try again.`,
        coolDownMs: 60_000,
      };
    default:
      return {
        ...once,
        type: "invalid_request_error",
        note: `⚠️ LLM request failed (request format rejected, HTTP ${fault.status}).`,
      };
  }
}

const serverCourse = {
  attemptsAtMs: [0, 2500, 5500, 10_000, 17_000, 38_000, 64_000],
  endsAtMs: 74_000,
  status: 502,
  type: "api_error",
  message: "upstream provider error",
  coolDownMs: 0,
};

export function failureOf({ status, type, message }: Course): TurnFailure {
  return new TurnFailure(refuse(status, type, message), { message, type });
}

/** While the key rests: the plain answer hides why, the stream says it. */
export function coolingFailure(until: number, clock: Clock): TurnFailure {
  // Said in the real one's minutes, however the sandbox's time runs.
  const scale = clock.scaled(1) || 1;
  const minutes = Math.max(1, Math.ceil((until - Date.now()) / scale / 60_000));
  const message = `Inline API key for provider "${provider.id}" is temporarily disabled after a provider auth/billing failure. Retry after about ${minutes} minute${minutes === 1 ? "" : "s"}, or switch to a different auth profile/API key.`;
  return new TurnFailure(refuse(500, "api_error", "internal error"), { message, type: "api_error" });
}

/** Anything unforeseen: the real gateway says no more than this, in either form. */
export function internalFailure(): TurnFailure {
  return new TurnFailure(refuse(500, "api_error", "internal error"), { message: "internal error", type: "api_error" });
}

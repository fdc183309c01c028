import type { Credits } from "#lib/shared/money.ts";

/** The agent id under which OpenMarlin answers. No gateway can have it: theirs begin with a letter or digit. */
export const openMarlinAgentId = "@openmarlin";

/** Where an execution goes, beyond its model. What is absent is left to OpenMarlin. */
export interface ExecutionRouting {
  providerId?: string;
  labels?: Record<string, string>;
  agentId?: string;
  timeoutMs?: number;
  metadata?: Record<string, unknown>;
  /** False asks for the whole answer at once. */
  stream?: boolean;
}

/** A model that can be named, with who serves it. */
export interface OpenMarlinModel {
  /** Exact, with a slash. */
  ref: string;
  providers: { id: string; labels: Record<string, string> }[];
}

/** What a video is made of. */
export interface VideoOrder {
  prompt: string;
  mediaUrls?: string[];
  durationMs?: number;
  aspectRatio?: string;
  metadata?: Record<string, unknown>;
}

export interface UsageEvent {
  at: number | null;
  capability: string | null;
  status: string | null;
  providerId: string | null;
  requestId: string | null;
  /** Requests, as measured. */
  units: number | null;
  cost: Credits | null;
  unit: string | null;
}

export interface LedgerEntry {
  at: number | null;
  type: string | null;
  status: string | null;
  /** As the upstream says it; which sign means what is its own. */
  amount: Credits;
  unit: string;
  referenceId: string | null;
}

export interface Referral {
  code: string;
  link: string | null;
  signedUp: number;
  qualified: number;
  rewarded: number;
}

import "server-only";
import type { Transaction } from "kysely";
import type { z } from "zod";
import type { AuditEntry } from "#lib/server/audit/audit.ts";
import type { JobRow } from "#lib/server/store/jobs.ts";
import type { JobsTable, Schema } from "#lib/server/store/schema.ts";
import type { Store } from "#lib/server/store/store.ts";
import type { MessageProblem } from "#lib/shared/chat/types.ts";
import type { JobKindName, JobState } from "#lib/shared/jobs.ts";
import type { Credits } from "#lib/shared/money.ts";

/** One kind of job: everything that the engine does not know of it. */
export interface JobKind<Input = unknown> {
  kind: JobKindName;
  /** Reads the stored input back. */
  input: z.ZodType<Input>;
  pace: Pace;
  /** After this long without an end it is `expired`; null never. */
  deadlineMs: number | null;
  /** A submit whose answer was lost may be made again: the upstream knows it by a key of ours. */
  repeatable: boolean;
  /** States in which its owner may call it off. Nothing is sent: no upstream of today can cancel. */
  cancellable: readonly JobState[];
  /** The action under which its creation stands in the audit log: the intent with the row, then what became of it. */
  audited?: string;
  /** Asks the upstream for it. */
  submit(job: JobAtWork<Input>): Promise<JobStep>;
  /** Asks the upstream how it stands. */
  poll(job: JobAtWork<Input>): Promise<JobStep>;
}

/** How often an upstream is asked: a tenth of the age, between these. */
export interface Pace {
  firstMs: number;
  longestMs: number;
}

/** A job in the hands of this process. */
export interface JobAtWork<Input> {
  row: JobRow;
  input: Input;
  store: Store;
  /** What was sealed with it, parsed; null when nothing was. */
  secret: unknown;
  /** Writes in the claim's name before a call that cannot be repeated. Throws `conflict` when the job is not ours any more. */
  mark(change: Partial<Pick<JobsTable, "upstream_state">>): Promise<void>;
}

/** What a submit or a check found out. What is absent stays as it is. */
export interface JobStep {
  state: JobState;
  upstreamId?: string;
  upstreamState?: string;
  result?: Record<string, unknown>;
  problem?: MessageProblem | null;
  /** Sealed before it is stored. */
  secret?: unknown;
  required?: Credits | null;
  /** Stored together with the step, or not at all. */
  alongside?(tx: Transaction<Schema>): Promise<unknown>;
  audit?: Pick<AuditEntry, "action" | "outcome" | "facts">;
}

/** Lets kinds of different inputs stand in one list: the engine hands each only what its own schema has read. */
export function defineKind<Input>(kind: JobKind<Input>): JobKind {
  // `input` produces exactly the Input that the other members take.
  return kind as unknown as JobKind;
}

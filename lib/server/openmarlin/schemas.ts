import "server-only";
import { z } from "zod";
import { requestIdSchema } from "#lib/server/http/schemas.ts";
import type { ExecutionRouting, VideoOrder } from "#lib/shared/openmarlin/types.ts";

const word = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), "Write it without control characters.");

const labelsSchema = z.record(word, word).refine((labels) => Object.keys(labels).length <= 20, "At most 20 labels.");

/** Passed on as it is; a JSON object of moderate size. */
const metadataSchema = z
  .record(z.string().max(200), z.json())
  .refine((value) => JSON.stringify(value).length <= 10_000, "At most 10,000 characters of JSON.");

/** What a person sets for an execution under Advanced. */
export const routingSchema: z.ZodType<ExecutionRouting> = z.strictObject({
  providerId: word.exactOptional(),
  labels: labelsSchema.exactOptional(),
  agentId: word.exactOptional(),
  timeoutMs: z.int().min(1000).max(1_800_000).exactOptional(),
  metadata: metadataSchema.exactOptional(),
  stream: z.boolean().exactOptional(),
});

const videoFields = {
  prompt: z
    .string()
    .trim()
    .min(1)
    .max(4000)
    .refine((text) => text.isWellFormed() && !text.includes("\0"), "The text must be well-formed Unicode."),
  mediaUrls: z
    .array(z.url({ protocol: /^https$/ }).max(2000))
    .max(8)
    .exactOptional(),
  durationMs: z.int().min(1000).max(600_000).exactOptional(),
  aspectRatio: z
    .string()
    .regex(/^[1-9]\d?:[1-9]\d?$/)
    .exactOptional(),
  metadata: metadataSchema.exactOptional(),
};

/** A video as it is stored. */
export const videoOrderSchema: z.ZodType<VideoOrder> = z.strictObject(videoFields);

export interface VideoRequest extends VideoOrder {
  requestId: string;
  fresh: boolean;
}

/** A video as the form sends it. */
export const videoRequestSchema: z.ZodType<VideoRequest> = z.strictObject({
  requestId: requestIdSchema,
  /** Another one, although the same is under way. */
  fresh: z.boolean().default(false),
  ...videoFields,
});

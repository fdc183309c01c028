import "server-only";
import { z } from "zod";
import { agentIdSchema, idSchema, modelSchema, requestIdSchema } from "#lib/server/http/schemas.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { routingSchema } from "#lib/server/openmarlin/schemas.ts";
import type { SendRequest } from "#lib/shared/chat/types.ts";
import { openMarlinAgentId } from "#lib/shared/openmarlin/types.ts";

const words = {
  text: z.string().max(limits.message.textChars).refine(isWellFormed, "The text must be well-formed Unicode."),
  attachmentIds: z.array(idSchema).max(limits.message.images),
};

/** A send as the BFF takes it. A message without a word needs an image. */
export const sendSchema: z.ZodType<SendRequest> = z
  .strictObject({
    requestId: requestIdSchema,
    conversationId: idSchema.nullable(),
    agentId: z.union([agentIdSchema, z.literal(openMarlinAgentId)]),
    model: modelSchema.nullable().default(null),
    routing: routingSchema.exactOptional(),
    intent: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("send"), parentId: idSchema.nullable(), ...words }),
      z.strictObject({ kind: z.literal("edit"), messageId: idSchema, ...words }),
      z.strictObject({ kind: z.literal("regenerate"), messageId: idSchema }),
      z.strictObject({ kind: z.literal("continue"), messageId: idSchema }),
    ]),
  })
  .refine(({ intent }) => !("text" in intent) || intent.text.trim() !== "" || intent.attachmentIds.length > 0, {
    path: ["intent", "text"],
    message: "A message needs words or an image.",
  })
  .refine(fitsBackend, { path: ["model"], message: "OpenMarlin takes an exact model, and a gateway no routing." });

/** OpenMarlin's exact refs have a slash; what a person sets for it means nothing to a gateway. */
function fitsBackend({ agentId, model, routing }: Pick<SendRequest, "agentId" | "model" | "routing">): boolean {
  if (agentId !== openMarlinAgentId) return routing === undefined;
  return typeof model !== "string" || /^[^/]+\/./.test(model);
}

/** Lone surrogates and NUL cannot be stored by every database. */
function isWellFormed(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

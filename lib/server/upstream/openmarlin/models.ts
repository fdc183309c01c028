import "server-only";
import { z } from "zod";
import { callOpenMarlin } from "#lib/server/upstream/openmarlin/call.ts";
import type { OpenMarlinConnection } from "#lib/server/upstream/openmarlin/connection.ts";
import type { OpenMarlinModel } from "#lib/shared/openmarlin/types.ts";

/** A row that makes no sense is left out; the others count. */
const modelSchema = z.object({
  /** An exact ref with a slash, as `openai-codex/gpt-5.4`. */
  id: z.string().regex(/^[^\s/]{1,100}\/\S{1,200}$/),
  providers: z.array(z.unknown()).optional(),
});

const providerSchema = z.object({
  provider_id: z.string().min(1).max(200),
  labels: z.record(z.string().max(100), z.string().max(200)).optional(),
});

/** The models that can be named. An empty list is legal: then the upstream chooses. */
export async function listModels(connection: OpenMarlinConnection, key: string): Promise<OpenMarlinModel[]> {
  const schema = z.object({ data: z.array(z.unknown()).max(5000) });
  const { data } = await callOpenMarlin({ connection, key, path: "/v1/models" }, schema);
  return data.flatMap((row) => {
    const model = modelSchema.safeParse(row);
    if (!model.success) return [];
    const providers = (model.data.providers ?? []).flatMap((one) => {
      const provider = providerSchema.safeParse(one);
      return provider.success ? [{ id: provider.data.provider_id, labels: provider.data.labels ?? {} }] : [];
    });
    return [{ ref: model.data.id, providers }];
  });
}

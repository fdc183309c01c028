import "server-only";
import { openMarlinAccess } from "#lib/server/openmarlin/access.ts";
import type { Store } from "#lib/server/store/store.ts";
import { listModels } from "#lib/server/upstream/openmarlin/models.ts";
import type { OpenMarlinModel } from "#lib/shared/openmarlin/types.ts";

/** The models that a person may name. None is legal: then OpenMarlin chooses. */
export async function openMarlinModels(store: Store, personId: string): Promise<{ models: OpenMarlinModel[] }> {
  const { connection, key } = await openMarlinAccess(store, personId);
  return { models: await listModels(connection, key) };
}

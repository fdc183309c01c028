import "server-only";
import type { Store } from "#lib/server/store/store.ts";

export async function openPostgresStore(options: { databaseUrl: string }): Promise<Store> {
  throw new Error(`not built yet: ${options.databaseUrl.length}`);
}

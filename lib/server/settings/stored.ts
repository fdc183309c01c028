import "server-only";
import { z } from "zod";
import { perProcess } from "#lib/server/per-process.ts";
import type { StoredOpenClaw } from "#lib/server/settings/effective.ts";
import { dataKeys } from "#lib/server/store/keys.ts";
import { getStore } from "#lib/server/store/open.ts";
import { getSetting, putSettings, removeSettings } from "#lib/server/store/settings.ts";
import type { Store } from "#lib/server/store/store.ts";

/** What an admin stored about the gateway; an empty object when nothing was. */
export async function readStored(store: Store = getStore()): Promise<StoredOpenClaw> {
  const row = await getSetting(store, dataKeys(), settingKey);
  if (row === undefined) return {};
  // A row that another release wrote and that makes no sense here counts as absent: nothing is sent to a guessed address.
  const parsed = storedSchema.safeParse(row.value);
  return parsed.success ? dropAbsent(parsed.data) : {};
}

/** Replaces what is stored, in the caller's transaction; after it commits call {@link announceStored}. */
export async function writeStored(
  tx: Parameters<Parameters<Store["write"]>[0]>[0],
  value: StoredOpenClaw,
  at: number,
  byId: string,
): Promise<void> {
  if (Object.keys(value).length === 0) await removeSettings(tx, [settingKey]);
  else await putSettings(tx, dataKeys(), at, [{ key: settingKey, value, sealed: true, updatedBy: byId }]);
}

/** Tells the other processes to read again. */
export function announceStored(store: Store): void {
  store.wake.notify([wakeTopic]);
}

/** Calls `listener` when another process announced a change. Registers once a store. */
export function onStoredChange(listener: () => void): void {
  const store = getStore();
  const listening = perProcess("settings.listening", () => new WeakSet<Store>());
  if (listening.has(store)) return;
  listening.add(store);
  store.wake.listen((topics) => {
    if (topics.includes(wakeTopic)) listener();
  });
}

const settingKey = "connection.openclaw";
const wakeTopic = "settings";

const storedSchema = z.object({
  url: z.string().optional(),
  auth: z.enum(["token", "password", "none", "trusted-proxy"]).optional(),
  credential: z.object({ value: z.string(), forUrl: z.string(), at: z.number(), byName: z.string() }).optional(),
  userHeader: z.string().optional(),
  agents: z.array(z.string()).optional(),
});

function dropAbsent(value: z.infer<typeof storedSchema>): StoredOpenClaw {
  // Removing the undefined members is exactly what the two types differ in.
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as StoredOpenClaw;
}

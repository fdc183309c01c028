import "server-only";
import { z } from "zod";
import { perProcess } from "#lib/server/per-process.ts";
import type { StoredOpenClaw } from "#lib/server/settings/effective.ts";
import type { StoredOpenMarlin } from "#lib/server/settings/effective-openmarlin.ts";
import { dataKeys } from "#lib/server/store/keys.ts";
import { getStore } from "#lib/server/store/open.ts";
import { getSetting, putSettings, removeSettings } from "#lib/server/store/settings.ts";
import type { Store } from "#lib/server/store/store.ts";

type Writer = Parameters<Parameters<Store["write"]>[0]>[0];

/** What an admin stored about the gateway; an empty object when nothing was. */
export async function readStored(store: Store = getStore()): Promise<StoredOpenClaw> {
  return dropAbsent<StoredOpenClaw>(await read(store, openclawKey, openclawSchema));
}

/** Replaces what is stored, in the caller's transaction; after it commits call {@link announceStored}. */
export function writeStored(tx: Writer, value: StoredOpenClaw, at: number, byId: string): Promise<void> {
  return write(tx, openclawKey, value, at, byId);
}

/** What an admin stored about OpenMarlin; an empty object when nothing was. */
export async function readStoredOpenMarlin(store: Store = getStore()): Promise<StoredOpenMarlin> {
  return dropAbsent<StoredOpenMarlin>(await read(store, openmarlinKey, openmarlinSchema));
}

/** {@link writeStored} for OpenMarlin. */
export function writeStoredOpenMarlin(tx: Writer, value: StoredOpenMarlin, at: number, byId: string): Promise<void> {
  return write(tx, openmarlinKey, value, at, byId);
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

const openclawKey = "connection.openclaw";
const openmarlinKey = "connection.openmarlin";
const wakeTopic = "settings";

const secretSchema = z.object({ value: z.string(), forUrl: z.string(), at: z.number(), byName: z.string() });

const openclawSchema = z.object({
  url: z.string().optional(),
  auth: z.enum(["token", "password", "none", "trusted-proxy"]).optional(),
  credential: secretSchema.optional(),
  userHeader: z.string().optional(),
  agents: z.array(z.string()).optional(),
});

const openmarlinSchema = z.object({
  serverUrl: z.string().optional(),
  registration: z.boolean().optional(),
  apiKey: secretSchema.optional(),
  authFlow: z.enum(["device", "workos_callback"]).optional(),
  dailyExecutions: z.number().optional(),
  dailyVideos: z.number().optional(),
});

async function read(store: Store, key: string, schema: z.ZodType<object>): Promise<object> {
  const row = await getSetting(store, dataKeys(), key);
  if (row === undefined) return {};
  // A row that another release wrote and that makes no sense here counts as absent: nothing is sent to a guessed address.
  const parsed = schema.safeParse(row.value);
  return parsed.success ? parsed.data : {};
}

async function write(tx: Writer, key: string, value: object, at: number, byId: string): Promise<void> {
  if (Object.keys(value).length === 0) await removeSettings(tx, [key]);
  else await putSettings(tx, dataKeys(), at, [{ key, value, sealed: true, updatedBy: byId }]);
}

function dropAbsent<T>(value: object): T {
  // The schema has the members of T; removing the undefined ones is exactly what the two types differ in.
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

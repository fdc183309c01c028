import "server-only";
import { z } from "zod";
import { audit } from "#lib/server/audit/audit.ts";
import type { Person } from "#lib/server/auth/session.ts";
import { confirmAdmin, invalid } from "#lib/server/settings/change.ts";
import { isSandbox, readEffective } from "#lib/server/settings/connection.ts";
import type { StoredOpenMarlin } from "#lib/server/settings/effective-openmarlin.ts";
import { announceStored, readStoredOpenMarlin, writeStoredOpenMarlin } from "#lib/server/settings/stored.ts";
import type { Store } from "#lib/server/store/store.ts";
import { defaultServerUrl, parseServerUrl } from "#lib/server/upstream/openmarlin/connection.ts";
import type { FieldProblem } from "#lib/shared/errors.ts";
import type { OpenMarlinConnectionChange, OpenMarlinConnectionView } from "#lib/shared/openmarlin/connection-view.ts";

const count = z.int().min(0).max(1_000_000).nullable();

export const openMarlinChangeSchema = z.strictObject({
  serverUrl: z.string().trim().min(1).max(500).nullable().exactOptional(),
  registration: z.boolean().exactOptional(),
  authFlow: z.enum(["device", "workos_callback"]).nullable().exactOptional(),
  apiKey: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]{8,1000}$/)
    .nullable()
    .exactOptional(),
  dailyExecutions: count.exactOptional(),
  dailyVideos: count.exactOptional(),
  password: z.string().min(1).max(200),
}) satisfies z.ZodType<OpenMarlinConnectionChange>;

/** What an admin sees of the connection to OpenMarlin; no key in it. */
export async function openMarlinConnectionView(): Promise<OpenMarlinConnectionView & { sandbox: boolean }> {
  const { openmarlin } = await readEffective();
  return { ...openmarlin.view, sandbox: isSandbox() };
}

/**
 * Stores what an admin changed about OpenMarlin, and its audit row with it. A new address needs the key again. Throws
 * `invalid_input` with a field and one of the words `wrong`, `environment`, `required_for_new_address`, or why an address
 * is not usable.
 */
export async function changeOpenMarlinConnection(
  store: Store,
  actor: { person: Pick<Person, "id" | "name" | "email">; address: string },
  { password, ...change }: OpenMarlinConnectionChange,
): Promise<OpenMarlinConnectionView & { sandbox: boolean }> {
  const who = await confirmAdmin(store, actor, "openmarlin", password);
  const { view } = (await readEffective()).openmarlin;
  const fixed = (["serverUrl", "authFlow", "apiKey"] as const).filter(
    (name) => change[name] !== undefined && view[name].source === "environment",
  );
  if (fixed.length > 0) throw invalid(fixed.map((path) => ({ path, message: "environment" })));
  const before = await readStoredOpenMarlin(store);
  const fixedUrl = view.serverUrl.source === "environment" ? view.serverUrl.value : null;
  const next = apply(before, change, fixedUrl, who.name);
  const at = await store.now();
  await store.write(async (tx) => {
    await writeStoredOpenMarlin(tx, next, at, who.id);
    await audit(tx, {
      actor: who,
      action: "settings.update",
      object: "openmarlin",
      outcome: "done",
      facts: {
        changed: Object.keys(change).sort().join(", "),
        url: next.serverUrl ?? view.serverUrl.value,
        registration: next.registration === true,
        key: change.apiKey === undefined ? "kept" : change.apiKey === null ? "removed" : "replaced",
      },
    });
  });
  announceStored(store);
  return openMarlinConnectionView();
}

function apply(
  before: StoredOpenMarlin,
  change: Omit<OpenMarlinConnectionChange, "password">,
  fixedUrl: string | null,
  byName: string,
): StoredOpenMarlin {
  const next: StoredOpenMarlin = { ...before };
  if (change.serverUrl === null) delete next.serverUrl;
  else if (change.serverUrl !== undefined) next.serverUrl = usable(change.serverUrl);
  if (change.registration !== undefined) next.registration = change.registration;
  if (change.authFlow === null) delete next.authFlow;
  else if (change.authFlow !== undefined) next.authFlow = change.authFlow;
  for (const name of ["dailyExecutions", "dailyVideos"] as const) {
    const value = change[name];
    if (value === null) delete next[name];
    else if (value !== undefined) next[name] = value;
  }
  const forUrl = fixedUrl ?? next.serverUrl ?? defaultServerUrl;
  if (change.apiKey === null) delete next.apiKey;
  else if (change.apiKey !== undefined) next.apiKey = { value: change.apiKey, forUrl, at: Date.now(), byName };
  if (next.apiKey !== undefined && next.apiKey.forUrl !== forUrl) {
    throw invalid([{ path: "apiKey", message: "required_for_new_address" }]);
  }
  return next;
}

function usable(text: string): string {
  const parsed = parseServerUrl(text);
  if ("origin" in parsed) return parsed.origin;
  const problem: FieldProblem = { path: "serverUrl", message: parsed.problem };
  throw invalid([problem]);
}

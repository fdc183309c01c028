import "server-only";
import { audit } from "#lib/server/audit/audit.ts";
import { verifyPassword } from "#lib/server/auth/passwords.ts";
import type { Person } from "#lib/server/auth/session.ts";
import { beginAttempt } from "#lib/server/auth/sign-in-limits.ts";
import { readEffective } from "#lib/server/settings/connection.ts";
import type { StoredOpenClaw } from "#lib/server/settings/effective.ts";
import { announceStored, readStored, writeStored } from "#lib/server/settings/stored.ts";
import type { Store } from "#lib/server/store/store.ts";
import { forgetRefusal } from "#lib/server/upstream/openclaw/breaker.ts";
import { parseBase } from "#lib/server/upstream/origin.ts";
import type { ConnectionsChange } from "#lib/shared/connections.ts";
import { AppError, type FieldProblem } from "#lib/shared/errors.ts";

type Change = ConnectionsChange["openclaw"];

/**
 * Stores what an admin changed about the gateway, and its audit row with it. A new address needs the credential again:
 * one goes only to the address it was given for. Throws `invalid_input` with a field and one of the words `wrong`,
 * `environment` (set there, so not changeable here), `required_for_new_address`, or why an address is not usable; and
 * `rate_limited` after many wrong passwords.
 */
export async function changeConnection(
  store: Store,
  actor: { person: Pick<Person, "id" | "name" | "email">; address: string },
  change: Change,
  password: string,
): Promise<void> {
  const { person } = actor;
  const who = await confirmAdmin(store, actor, "openclaw", password);
  const { effective } = await readEffective();
  const { view } = effective;
  const fixed = (["url", "auth", "userHeader", "agents"] as const).filter(
    (name) => change[name] !== undefined && view[name].source === "environment",
  );
  const problems: FieldProblem[] = fixed.map((name) => ({ path: `openclaw.${name}`, message: "environment" }));
  if (change.credential !== undefined && view.credential.source === "environment") {
    problems.push({ path: "openclaw.credential", message: "environment" });
  }
  if (problems.length > 0) throw invalid(problems);

  const before = await readStored(store);
  const next = apply(before, change, view.url.source === "environment" ? view.url.value : null, person.name);
  const at = await store.now();
  await store.write(async (tx) => {
    await writeStored(tx, next, at, person.id);
    await audit(tx, {
      actor: who,
      action: "settings.update",
      object: "openclaw",
      outcome: "done",
      facts: {
        changed: Object.keys(change).sort().join(", "),
        url: next.url ?? view.url.value,
        urlBefore: before.url ?? null,
        credential: change.credential === undefined ? "kept" : change.credential === null ? "removed" : "replaced",
      },
    });
  });
  if (typeof change.credential === "string") forgetRefusal();
  announceStored(store);
  await readEffective();
}

/** Has the admin's own password checked before anything changes. Throws `invalid_input`, and `rate_limited` after many. */
export async function confirmAdmin(
  store: Store,
  { person, address }: { person: Pick<Person, "id" | "name" | "email">; address: string },
  object: string,
  password: string,
): Promise<{ id: string; name: string }> {
  const who = { id: person.id, name: person.name };
  const attempt = await beginAttempt(store, person.email, address);
  if (!(await verifyPassword(store, person.id, password))) {
    await audit(store, { actor: who, action: "settings.update", object, outcome: "refused" });
    throw invalid([{ path: "password", message: "wrong" }]);
  }
  await attempt.succeeded();
  return who;
}

function apply(before: StoredOpenClaw, change: Change, fixedUrl: string | null, byName: string): StoredOpenClaw {
  const next: StoredOpenClaw = { ...before };
  if (change.url !== undefined) {
    if (change.url === null) delete next.url;
    else next.url = usable(change.url);
  }
  const url = fixedUrl ?? next.url;
  for (const name of ["auth", "userHeader", "agents"] as const) {
    if (change[name] === null) delete next[name];
  }
  if (typeof change.auth === "string") next.auth = change.auth;
  if (typeof change.userHeader === "string") next.userHeader = change.userHeader.toLowerCase();
  if (Array.isArray(change.agents)) next.agents = [...new Set(change.agents.map((id) => id.toLowerCase()))];

  if (change.credential === null) delete next.credential;
  if (typeof change.credential === "string") {
    if (url === undefined) throw invalid([{ path: "openclaw.url", message: "required_for_credential" }]);
    next.credential = { value: change.credential, forUrl: url, at: Date.now(), byName };
  }
  if (next.credential !== undefined && next.credential.forUrl !== url) {
    const needed = next.auth !== "none" && next.auth !== "trusted-proxy" && url !== undefined;
    if (needed) throw invalid([{ path: "openclaw.credential", message: "required_for_new_address" }]);
    delete next.credential;
  }
  return next;
}

function usable(text: string): string {
  const base = parseBase(text);
  if ("problem" in base) throw invalid([{ path: "openclaw.url", message: base.problem }]);
  return base.url;
}

/** A change that cannot be made like this, field by field. */
export function invalid(fields: FieldProblem[]): AppError {
  return new AppError("invalid_input", "The connection cannot be changed like this.", { fields });
}

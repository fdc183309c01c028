import "server-only";
import type { Person } from "#lib/server/auth/session.ts";
import { currentFingerprint } from "#lib/server/settings/connection.ts";

/** Who looks, and at which upstream's side of the house. */
export interface Viewer {
  ownerId: string;
  /** `sandbox:<id>` or `real`: what is connected now. */
  origin: string;
}

export function viewerOf(person: Person): Viewer {
  return { ownerId: person.id, origin: currentFingerprint() };
}

import "server-only";
import { clientAddress } from "#lib/server/http/origin.ts";

/** Where a request came from, for the list of sessions and the audit log. */
export interface Visit {
  address: string;
  userAgent: string;
}

export function visitOf(request: Request): Visit {
  return {
    address: clientAddress(request.headers),
    // Shown as text only; cut, and without what could disturb a line.
    userAgent: (request.headers.get("user-agent") ?? "").replace(/[^\x20-\x7e]/g, "").slice(0, 300),
  };
}

import type { Exchange } from "#lib/sandbox/exchange.ts";
import { refuse } from "#lib/sandbox/openmarlin/answers.ts";
import type { OpenShop } from "#lib/sandbox/openmarlin/shop.ts";

/** The workspace whose key this is. Throws one of the five codes; an empty bearer counts as none. */
export function workspaceOfKey({ accounts }: OpenShop, { headers }: Exchange): string {
  const secret = headers.authorization?.match(/^bearer\s+(.*)$/i)?.[1]?.trim() ?? "";
  if (secret === "") throw refuse("missing_api_key");
  const key = accounts.keyOf(secret);
  if (key === undefined) throw refuse("invalid_api_key");
  if (key.status !== "active") throw refuse("api_key_inactive");
  const workspace = accounts.find(key.workspaceId);
  if (workspace === undefined || workspace.missing === "workspace") throw refuse("workspace_missing");
  if (workspace.missing === "account") throw refuse("account_missing");
  accounts.keyUsed(key.id);
  return workspace.id;
}

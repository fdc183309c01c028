import "server-only";
import {
  type MessageRow,
  newestLeafBeneath,
  readBranchIds,
  readChildren,
  readRoots,
  type Within,
} from "#lib/server/store/messages.ts";
import type { Store } from "#lib/server/store/store.ts";

/** No branch is longer: a bound for what walks one. */
export const longestBranch = 100_000;

/**
 * The way from the end of a branch up to a message: of the branch that `leafId` ends, or else of the newest one that
 * holds the message. Ids, newest first; null when the message is not in this conversation.
 */
export async function pathTo(
  db: Store["db"],
  within: Within,
  leafId: string | null,
  messageId: string,
): Promise<string[] | null> {
  const range = { untilId: messageId, limit: longestBranch };
  const shown = leafId === null ? [] : await readBranchIds(db, within, leafId, range);
  if (shown.at(-1) === messageId) return shown;
  const leaf = await newestLeafBeneath(db, within, messageId);
  return leaf === undefined ? null : readBranchIds(db, within, leaf, range);
}

/** For each of these messages the ids of all with the same parent and role, oldest first, itself included. */
export async function siblingsOf(
  db: Store["db"],
  within: Within,
  rows: MessageRow[],
): Promise<(row: Pick<MessageRow, "parent_id" | "role">) => string[]> {
  const parents = rows.flatMap(({ parent_id }) => (parent_id === null ? [] : [parent_id]));
  const found = await readChildren(db, parents);
  if (parents.length < rows.length) found.push(...(await readRoots(db, within.conversationId)));
  const groups = Map.groupBy(found, keyOf);
  return (row) => (groups.get(keyOf(row)) ?? []).map(({ id }) => id);
}

function keyOf({ parent_id, role }: Pick<MessageRow, "parent_id" | "role">): string {
  return `${parent_id ?? ""}:${role}`;
}

import { expect, test } from "vitest";
import type { ConversationSummary } from "#lib/shared/chat/types.ts";
import { groupByDay } from "./days.ts";

const now = new Date(2026, 10, 24, 9, 30).getTime();
const day = 24 * 3600_000;

function at(time: number, more: Partial<ConversationSummary> = {}): ConversationSummary {
  const id = String(time);
  return {
    id,
    title: id,
    agentId: null,
    createdAt: time,
    updatedAt: time,
    pinned: false,
    archived: false,
    state: null,
    unread: false,
    readOnly: false,
    ...more,
  };
}

test("groups conversations by how long ago they were, in the reader's own days", () => {
  const midnight = new Date(2026, 10, 24).getTime();
  const items = [now, midnight, midnight - 1, now - 5 * day, now - 20 * day, now - 100 * day, now - 500 * day].map(
    (time) => at(time),
  );
  const groups = groupByDay(items, now, "en", (name) => name);
  expect(groups.map(({ name, items: inside }) => [name, inside.length])).toEqual([
    ["today", 2],
    ["yesterday", 1],
    ["week", 1],
    ["month", 1],
    ["August", 1],
    ["July 2025", 1],
  ]);
});

test("leaves pinned conversations to their own group, and archived ones where they are", () => {
  const items = [at(now, { pinned: true }), at(now, { pinned: true, archived: true })];
  expect(groupByDay(items, now, "en", (name) => name).map(({ items: inside }) => inside.length)).toEqual([1]);
});

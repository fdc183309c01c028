import type { ConversationSummary } from "#lib/shared/chat/types.ts";

export interface DayGroup {
  key: string;
  name: string;
  items: ConversationSummary[];
}

/** Groups conversations, newest first, by how long ago they were; from a month back by month. Pinned ones stand apart. */
export function groupByDay(
  items: ConversationSummary[],
  now: number,
  locale: string,
  nameOf: (name: "today" | "yesterday" | "week" | "month") => string,
): DayGroup[] {
  const today = startOfDay(now, 0);
  const edges: [key: "today" | "yesterday" | "week" | "month", from: number][] = [
    ["today", today],
    ["yesterday", startOfDay(now, 1)],
    ["week", startOfDay(now, 7)],
    ["month", startOfDay(now, 30)],
  ];
  const groups = new Map<string, DayGroup>();
  for (const item of items) {
    if (item.pinned && !item.archived) continue;
    const edge = edges.find(([, from]) => item.updatedAt >= from);
    const key = edge?.[0] ?? monthKey(item.updatedAt);
    const group = groups.get(key) ?? {
      key,
      name: edge ? nameOf(edge[0]) : monthName(item.updatedAt, now, locale),
      items: [],
    };
    group.items.push(item);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function startOfDay(now: number, daysBefore: number): number {
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - daysBefore).getTime();
}

function monthKey(at: number): string {
  const day = new Date(at);
  return `${day.getFullYear()}-${day.getMonth()}`;
}

function monthName(at: number, now: number, locale: string): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(locale, { month: "long", ...(sameYear ? {} : { year: "numeric" }) }).format(at);
}

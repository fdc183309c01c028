import type { SearchHit, SearchPage, TitleHit } from "#lib/shared/chat/types.ts";

export interface HitGroup {
  conversationId: string;
  title: string;
  titleMarks: [number, number][];
  updatedAt: number;
  archived: boolean;
  pinned: boolean;
  hits: SearchHit[];
}

/** Hits by conversation, in the order in which the first of each was found; titles without a hit come last. */
export function groupHits(pages: SearchPage[]): HitGroup[] {
  const groups = new Map<string, HitGroup>();
  for (const hit of pages.flatMap((page) => page.hits)) {
    const { conversationId, conversationTitle, createdAt, archived, pinned } = hit;
    const group = groups.get(conversationId) ?? {
      conversationId,
      title: conversationTitle,
      titleMarks: [],
      updatedAt: createdAt,
      archived,
      pinned,
      hits: [],
    };
    group.hits.push(hit);
    group.updatedAt = Math.max(group.updatedAt, createdAt);
    groups.set(conversationId, group);
  }
  for (const title of pages.flatMap((page) => page.titles)) {
    const group = groups.get(title.conversationId) ?? fromTitle(title);
    groups.set(title.conversationId, { ...group, titleMarks: title.marks });
  }
  return [...groups.values()];
}

function fromTitle({ conversationId, title, updatedAt, archived, pinned, marks }: TitleHit): HitGroup {
  return { conversationId, title, titleMarks: marks, updatedAt, archived, pinned, hits: [] };
}

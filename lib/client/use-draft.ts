"use client";

import { useEffect, useSyncExternalStore } from "react";
import { type Draft, draftOf, emptyDraft, openDraft, subscribeDrafts } from "#lib/client/drafts.ts";

/** The draft of one composer, kept in this browser at each key and on the server a moment later. */
export function useDraft(scope: string): Draft {
  const draft = useSyncExternalStore(
    subscribeDrafts,
    () => draftOf(scope),
    () => emptyDraft,
  );
  useEffect(() => {
    openDraft(scope);
    const onFocus = () => openDraft(scope);
    window.addEventListener("focus", onFocus);
    return () => window.removeEventListener("focus", onFocus);
  }, [scope]);
  return draft;
}

"use client";

import { type ComponentType, createElement, lazy, Suspense } from "react";
import type { ConversationParts } from "#components/chat/conversation-parts.tsx";

/** Brings what a conversation needs, before it is needed. */
export function preloadConversation(): void {
  void load();
  void import("#components/chat/markdown/prose.tsx");
}

function load() {
  return import("#components/chat/conversation-parts.tsx");
}

/** The same parts, fetched when the first of them is shown. */
export const deferredParts: ConversationParts = {
  Announcer: deferred((parts) => parts.Announcer),
  NotSent: deferred((parts) => parts.NotSent),
  OtherDraft: deferred((parts) => parts.OtherDraft),
  QueueRows: deferred((parts) => parts.QueueRows),
  TitleBar: deferred((parts) => parts.TitleBar),
  Transcript: deferred((parts) => parts.Transcript),
};

function deferred<Props extends object>(
  pick: (parts: ConversationParts) => ComponentType<Props>,
): ComponentType<Props> {
  const Part = lazy(() => load().then(({ conversationParts }) => ({ default: pick(conversationParts) })));
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each part, while the module loads.
  return function Deferred(props: Props) {
    return <Suspense fallback={<span className="flex-1" />}>{createElement<Props>(Part, props)}</Suspense>;
  };
}

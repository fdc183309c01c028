"use client";

import type { ComponentProps, ComponentType } from "react";
import { Announcer } from "#components/chat/announcer.tsx";
import { NotSent, OtherDraft } from "#components/chat/composer-notices.tsx";
import { QueueRows } from "#components/chat/queue-rows.tsx";
import { TitleBar } from "#components/chat/title-bar.tsx";
import { Transcript } from "#components/chat/transcript.tsx";

/** What a conversation needs and the page of a new chat does not, until something is written there. */
export const conversationParts = { Announcer, NotSent, OtherDraft, QueueRows, TitleBar, Transcript };

export type ConversationParts = {
  [Name in keyof typeof conversationParts]: ComponentType<ComponentProps<(typeof conversationParts)[Name]>>;
};

"use client";

import { useQueryClient } from "@tanstack/react-query";
import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { preloadConversation } from "#components/chat/deferred-parts.tsx";
import { useGoToChat } from "#components/chat/go-to-chat.ts";
import { conversationQuery } from "#lib/client/chat-queries.ts";

interface ChatLinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  conversationId: string;
  /** What to show there: `?m=…`. */
  query?: string;
}

/** A link to a conversation, read ahead when the pointer comes to it. */
export function ChatLink({ conversationId, query = "", onClick, ...rest }: ChatLinkProps) {
  const client = useQueryClient();
  const go = useGoToChat();
  const href = `/c/${conversationId}${query}`;
  return (
    <a
      href={href}
      {...rest}
      onPointerEnter={() => {
        preloadConversation();
        void client.prefetchQuery({ ...conversationQuery(client, conversationId), staleTime: 30_000 });
      }}
      onClick={(event: MouseEvent<HTMLAnchorElement>) => {
        onClick?.(event);
        const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
        if (!plain || event.defaultPrevented) return;
        event.preventDefault();
        go(href);
      }}
    />
  );
}

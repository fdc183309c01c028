"use client";

import { useQueryClient } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { conversationQuery } from "#lib/client/chat-queries.ts";

/** Whether a page is one that shows a conversation or starts one: they are one screen. */
export function isChatPath(pathname: string): boolean {
  return pathname === "/" || pathname.startsWith("/c/");
}

/** Goes to a page of the chat. Between conversations the server is asked for data alone, so that the change is instant. */
export function useGoToChat(): (href: string) => void {
  const router = useRouter();
  const pathname = usePathname();
  return (href) => {
    if (isChatPath(pathname)) window.history.pushState(null, "", href);
    else router.push(href);
  };
}

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

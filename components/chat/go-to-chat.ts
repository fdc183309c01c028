"use client";

import { usePathname, useRouter } from "next/navigation";

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

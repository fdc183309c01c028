"use client";

import { useRouter } from "next/navigation";
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from "react";
import { ChatPerson } from "#components/chat/chat-person.tsx";
import { AskBeforeLeaving } from "#components/chat/markdown/foreign-link.tsx";
import { onOpenPalette } from "#components/layout/commands.ts";
import { rememberFor } from "#lib/client/local-memory.ts";
import { useChatEvents } from "#lib/client/use-chat.ts";
import type { MeView } from "#lib/shared/people.ts";

const LeaveDialog = lazy(() =>
  import("#components/chat/markdown/leave-dialog.tsx").then(({ LeaveDialog: dialog }) => ({ default: dialog })),
);

/** What the chat needs on every page: whose it is, ends of answers, the way to the search, and the question before a link. */
export function ChatRoot({ me, sandbox, children }: { me: MeView; sandbox: boolean; children: ReactNode }) {
  const router = useRouter();
  // Before anything below asks what this browser kept.
  useState(() => typeof window !== "undefined" && rememberFor(me.id));
  useChatEvents();
  useEffect(() => onOpenPalette(() => router.push("/search")), [router]);
  const value = useMemo(() => ({ me, sandbox }), [me, sandbox]);
  const [foreign, setForeign] = useState<string | null>(null);
  return (
    <ChatPerson value={value}>
      <AskBeforeLeaving value={setForeign}>{children}</AskBeforeLeaving>
      {foreign !== null && (
        <Suspense>
          <LeaveDialog href={foreign} onClose={() => setForeign(null)} />
        </Suspense>
      )}
    </ChatPerson>
  );
}

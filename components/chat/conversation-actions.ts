"use client";

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { usePathname } from "next/navigation";
import { useGoToChat } from "#components/chat/go-to-chat.ts";
import { showToast } from "#components/ui/toast.tsx";
import { api } from "#lib/client/api.ts";
import { keys, moveInList } from "#lib/client/chat-queries.ts";
import { tellOtherTabs } from "#lib/client/other-tabs.ts";
import { useText } from "#lib/client/text.tsx";
import { useConversationChange } from "#lib/client/use-chat.ts";
import type { ConversationSummary, DeletedConversation } from "#lib/shared/chat/types.ts";

/** What can be done with a conversation from its row and from its bar. What can be undone asks nothing. */
export function useConversationActions() {
  const t = useText();
  const client = useQueryClient();
  const change = useConversationChange();
  const pathname = usePathname();
  const go = useGoToChat();

  const set = (conversation: ConversationSummary, to: Parameters<typeof change>[1]) =>
    change(conversation.id, to).then(
      () => true,
      () => false,
    );

  return {
    rename: (conversation: ConversationSummary, title: string) => void set(conversation, { title }),
    pin: (conversation: ConversationSummary) => {
      const pinned = !conversation.pinned;
      void set(conversation, { pinned });
      moveInList(client, conversation.archived, { ...conversation, pinned }, true);
    },
    archive: (conversation: ConversationSummary) => {
      const archived = !conversation.archived;
      void set(conversation, { archived });
      moveInList(client, !archived, conversation, false);
      if (!archived) return;
      showToast({
        text: t("conversations.archived", { title: conversation.title }),
        action: { label: t("common.undo"), run: () => void set(conversation, { archived: false }) },
      });
    },
    remove: async (conversation: ConversationSummary) => {
      const { id, title } = conversation;
      const back = moveOut(client, conversation);
      let gatewaySessions: number;
      try {
        ({ gatewaySessions } = await api<DeletedConversation>(`/api/conversations/${id}`, { method: "DELETE" }));
      } catch {
        back();
        void client.invalidateQueries({ queryKey: keys.lists });
        return;
      }
      const here = pathname === `/c/${id}`;
      if (here) go("/");
      tellOtherTabs(id);
      void client.invalidateQueries({ queryKey: keys.lists });
      showToast({
        // Nothing can be deleted there from here, so it is said.
        text: gatewaySessions === 0 ? t("conversations.deleted", { title }) : t("conversations.deletedHere", { title }),
        action: {
          label: t("common.undo"),
          run: () => {
            void api<ConversationSummary>(`/api/conversations/${id}/restore`, { method: "POST" })
              .then(() => {
                back();
                if (here) go(`/c/${id}`);
              })
              .catch(() => showToast({ text: t("conversations.undoFailed", { title }) }))
              .finally(() => {
                void client.invalidateQueries({ queryKey: keys.lists });
                void client.invalidateQueries({ queryKey: keys.conversation(id) });
              });
          },
        },
      });
    },
  };
}

function moveOut(client: QueryClient, conversation: ConversationSummary): () => void {
  moveInList(client, conversation.archived, conversation, false);
  return () => moveInList(client, conversation.archived, conversation, true);
}

/** The address of an export; the browser saves it as a file. */
export function exportPath(id: string, format: "md" | "json"): string {
  return `/api/conversations/${id}/export?format=${format}`;
}

"use client";

import { Archive, Download, Ellipsis, FileJson, Pencil, Pin, PinOff, Trash2 } from "lucide-react";
import { useState } from "react";
import { ChatLink } from "#components/chat/chat-link.tsx";
import { exportPath, useConversationActions } from "#components/chat/conversation-actions.ts";
import { ExportLink, RenameInput } from "#components/chat/rename-input.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { Menu, MenuItem, MenuLink, MenuSeparator } from "#components/ui/menu.tsx";
import { type Glyph, StateGlyph } from "#components/ui/state-glyph.tsx";
import { useText } from "#lib/client/text.tsx";
import type { ConversationSummary, MessageState } from "#lib/shared/chat/types.ts";

/** One conversation in the left bar: title, how its newest answer stands, and its menu. */
export function ConversationRow({ conversation, current }: { conversation: ConversationSummary; current: boolean }) {
  const t = useText();
  const actions = useConversationActions();
  const [renaming, setRenaming] = useState(false);
  const { id, title, state, pinned, archived } = conversation;
  // What is open is being read.
  const unread = conversation.unread && !current;
  const glyph = state === null ? null : shownGlyphs[state];

  if (renaming) {
    return (
      <li>
        <RenameInput
          title={title}
          onDone={(next) => {
            setRenaming(false);
            if (next !== null) actions.rename(conversation, next);
          }}
        />
      </li>
    );
  }
  return (
    <li className="group/row relative">
      <ChatLink
        conversationId={id}
        aria-current={current ? "page" : undefined}
        title={title}
        className={classNames(
          "press flex h-8 items-center gap-2 rounded ps-2 pe-2 coarse:h-11",
          "group-focus-within/row:pe-9 group-hover/row:pe-9 group-has-[[aria-expanded=true]]/row:pe-9 coarse:pe-11",
          current ? "bg-wash-strong font-medium text-ink" : "text-ink-muted hover:bg-wash hover:text-ink",
          unread && "font-medium text-ink",
        )}
      >
        <span dir="auto" className="min-w-0 flex-1 truncate">
          {title}
        </span>
        <span className="flex flex-none items-center group-hover/row:hidden group-has-[[aria-expanded=true]]/row:hidden coarse:flex!">
          {glyph !== null ? (
            <>
              <StateGlyph state={glyph} />
              <span className="sr-only">{t(`common.state.${glyph}`)}</span>
            </>
          ) : unread ? (
            <>
              <span aria-hidden="true" className="size-2 rounded-full bg-accent" />
              <span className="sr-only">{t("conversations.unread")}</span>
            </>
          ) : null}
        </span>
      </ChatLink>
      <Menu
        align="end"
        trigger={(props) => (
          <button
            type="button"
            {...props}
            aria-label={t("conversations.actions", { title })}
            className="press absolute inset-y-0 end-0.5 my-auto flex size-7 items-center justify-center rounded text-ink-muted opacity-0 group-hover/row:opacity-100 hover:text-ink focus-visible:opacity-100 aria-expanded:opacity-100 coarse:size-11 coarse:opacity-100"
          >
            <Ellipsis />
          </button>
        )}
      >
        <MenuItem icon={Pencil} onSelect={() => setRenaming(true)}>
          {t("conversations.rename")}
        </MenuItem>
        {!archived && (
          <MenuItem icon={pinned ? PinOff : Pin} onSelect={() => actions.pin(conversation)}>
            {pinned ? t("conversations.unpin") : t("conversations.pin")}
          </MenuItem>
        )}
        <MenuItem icon={Archive} onSelect={() => actions.archive(conversation)}>
          {archived ? t("conversations.unarchive") : t("conversations.archiveIt")}
        </MenuItem>
        <MenuLink icon={Download} render={(props) => <ExportLink {...props} href={exportPath(id, "md")} />}>
          {t("conversations.exportMarkdown")}
        </MenuLink>
        <MenuLink icon={FileJson} render={(props) => <ExportLink {...props} href={exportPath(id, "json")} />}>
          {t("conversations.exportJson")}
        </MenuLink>
        <MenuSeparator />
        <MenuItem icon={Trash2} onSelect={() => void actions.remove(conversation)}>
          {t("conversations.delete")}
        </MenuItem>
      </Menu>
    </li>
  );
}

/** An answer that ended well is worth no glyph. */
const shownGlyphs: Record<MessageState, Glyph | null> = {
  queued: "queued",
  streaming: "running",
  complete: null,
  stopped: null,
  interrupted: "attention",
  failed: "failed",
  waiting_for_credit: "waiting",
};

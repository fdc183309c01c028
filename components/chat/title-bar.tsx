"use client";

import { Archive, Download, Ellipsis, FileJson, Pencil, Pin, PinOff, Share, Trash2 } from "lucide-react";
import { useState } from "react";
import { exportPath, useConversationActions } from "#components/chat/conversation-actions.ts";
import { ExportLink, RenameInput } from "#components/chat/rename-input.tsx";
import { PageBar } from "#components/layout/page-bar.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Menu, MenuItem, MenuLink, MenuSeparator } from "#components/ui/menu.tsx";
import { useText } from "#lib/client/text.tsx";
import type { ConversationSummary } from "#lib/shared/chat/types.ts";

/** The bar over a conversation: its title to rename, export, and everything else. */
export function TitleBar({ conversation }: { conversation: ConversationSummary }) {
  const t = useText();
  const actions = useConversationActions();
  const [renaming, setRenaming] = useState(false);
  const { id, title, pinned, archived } = conversation;
  const exports = (
    <>
      <MenuLink icon={Download} render={(props) => <ExportLink {...props} href={exportPath(id, "md")} />}>
        {t("chat.exportMarkdown")}
      </MenuLink>
      <MenuLink icon={FileJson} render={(props) => <ExportLink {...props} href={exportPath(id, "json")} />}>
        {t("chat.exportJson")}
      </MenuLink>
    </>
  );
  return (
    <PageBar
      title={
        renaming ? (
          <span className="block w-80 max-w-full py-1">
            <RenameInput
              title={title}
              onDone={(next) => {
                setRenaming(false);
                if (next !== null) actions.rename(conversation, next);
              }}
            />
          </span>
        ) : (
          <h1 dir="auto" className="truncate font-medium" title={title}>
            {title}
          </h1>
        )
      }
      beside={
        !renaming && (
          <IconButton
            icon={Pencil}
            small
            label={t("chat.rename")}
            onClick={() => setRenaming(true)}
            className="max-narrow:hidden"
          />
        )
      }
      actions={
        <>
          <span className="max-narrow:hidden">
            <Menu align="end" trigger={(props) => <IconButton icon={Share} label={t("chat.export")} {...props} />}>
              {exports}
            </Menu>
          </span>
          <Menu
            align="end"
            trigger={(props) => <IconButton icon={Ellipsis} label={t("common.moreActions")} {...props} />}
          >
            <MenuItem icon={Pencil} onSelect={() => setRenaming(true)}>
              {t("chat.rename")}
            </MenuItem>
            {!archived && (
              <MenuItem icon={pinned ? PinOff : Pin} onSelect={() => actions.pin(conversation)}>
                {pinned ? t("chat.unpin") : t("chat.pin")}
              </MenuItem>
            )}
            <MenuItem icon={Archive} onSelect={() => actions.archive(conversation)}>
              {archived ? t("chat.unarchive") : t("chat.archive")}
            </MenuItem>
            <MenuSeparator />
            {exports}
            <MenuSeparator />
            <MenuItem icon={Trash2} onSelect={() => void actions.remove(conversation)}>
              {t("chat.delete")}
            </MenuItem>
          </Menu>
        </>
      }
    />
  );
}

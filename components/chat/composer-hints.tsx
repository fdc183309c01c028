"use client";

import { useSendKey } from "#components/chat/chat-person.tsx";
import { useIsMac } from "#components/ui/kbd.tsx";
import type { Draft } from "#lib/client/drafts.ts";
import { useText } from "#lib/client/text.tsx";

/** One line under the composer: what the keys do, where the draft is, or why something was not taken. */
export function ComposerHints({ draft, running, note }: { draft: Draft; running: boolean; note: string | null }) {
  const t = useText();
  const careful = useSendKey() === "mod_enter";
  const key = useIsMac() ? "⌘" : "Ctrl";
  const enter = careful
    ? t(running ? "chat.composer.modEnterQueues" : "chat.composer.modEnterSends", { key })
    : t(running ? "chat.composer.enterQueues" : "chat.composer.enterSends");
  const kept = draft.text.trim() !== "" || draft.attachments.length > 0;
  return (
    <div className="flex min-h-6 items-center coarse:min-h-1 gap-3 px-0.5 pt-1 text-12 text-ink-faint">
      {note === null ? (
        <span className="flex gap-3 coarse:hidden">
          <span>{enter}</span>
          <span>{careful ? t("chat.composer.enterBreaks") : t("chat.composer.shiftBreaks")}</span>
        </span>
      ) : (
        <span role="alert" className="text-ink">
          {note}
        </span>
      )}
      {kept && note === null && (
        <span className="ms-auto max-narrow:hidden">
          {draft.saved === "everywhere" ? t("chat.composer.savedEverywhere") : t("chat.composer.savedHere")}
        </span>
      )}
    </div>
  );
}

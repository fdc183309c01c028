"use client";

import { KeyRound } from "lucide-react";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { useText } from "#lib/client/text.tsx";
import type { FoundCredential } from "#lib/shared/chat/credentials.ts";

/** Asks before a message goes out that holds what looks like a credential. */
export function CredentialDialog({
  found,
  onSend,
  onClose,
}: {
  found: FoundCredential[];
  onSend: () => void;
  onClose: () => void;
}) {
  const t = useText();
  return (
    <AlertDialog
      title={t("chat.credential.title")}
      facts={found.map(({ kind, excerpt }) => ({
        icon: KeyRound,
        fact: (
          <>
            {t(`chat.credential.kinds.${kind}`)}
            <span className="ms-2 font-mono text-12 font-normal break-all text-ink-muted">{excerpt}</span>
          </>
        ),
      }))}
      safeLabel={t("chat.credential.back")}
      actionLabel={t("chat.credential.send")}
      danger={false}
      onConfirm={onSend}
      onClose={onClose}
    >
      <p className="text-ink-muted">{t("chat.credential.text")}</p>
    </AlertDialog>
  );
}

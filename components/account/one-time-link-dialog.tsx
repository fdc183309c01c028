"use client";

import type { ShownLink } from "#components/account/people-settings.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { CopyButton } from "#components/ui/failure.tsx";
import { Input } from "#components/ui/field.tsx";
import { useFormat } from "#lib/client/format.ts";
import { useText } from "#lib/client/text.tsx";

/** A one-time link, at the only moment it is shown. A press outside does not lose it. */
export function OneTimeLinkDialog({ shown: { link, name }, onClose }: { shown: ShownLink; onClose: () => void }) {
  const t = useText();
  const format = useFormat();
  return (
    <Dialog
      title={name === null ? t("account.people.linkTitle") : t("account.people.resetTitle", { name })}
      closeLabel={t("common.close")}
      onClose={onClose}
      closeOutside={false}
      footer={
        <Button variant="filled" onClick={onClose}>
          {t("account.people.done")}
        </Button>
      }
    >
      <p className="text-ink-muted">{t("account.people.linkText", { time: format.moment(link.expiresAt) })}</p>
      <div className="mt-4 flex gap-2 max-narrow:flex-col">
        <Input
          readOnly
          data-start-focus
          aria-label={t("account.people.linkLabel")}
          value={link.url}
          onFocus={(event) => event.currentTarget.select()}
          className="flex-1 font-mono text-12"
        />
        <CopyButton
          variant="outline"
          text={link.url}
          label={t("account.people.copyLink")}
          doneLabel={t("common.copied")}
        />
      </div>
    </Dialog>
  );
}

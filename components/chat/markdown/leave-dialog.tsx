"use client";

import { Button, buttonClass } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { useText } from "#lib/client/text.tsx";

/** Shows where a link leads before anything is opened. */
export function LeaveDialog({ href, onClose }: { href: string; onClose: () => void }) {
  const t = useText();
  const url = new URL(href);
  const mail = url.protocol === "mailto:";
  const name = mail ? url.pathname : url.host;
  return (
    <Dialog
      title={mail ? t("chat.link.askMail", { address: name }) : t("chat.link.ask", { host: name })}
      closeLabel={t("common.close")}
      onClose={onClose}
      footer={
        <>
          <Button data-start-focus onClick={onClose}>
            {t("chat.link.stay")}
          </Button>
          <a
            href={href}
            target="_blank"
            rel="noreferrer noopener"
            onClick={onClose}
            className={buttonClass("filled", "medium")}
          >
            {mail ? t("chat.link.openMail") : t("chat.link.open")}
          </a>
        </>
      }
    >
      <p className="text-ink-muted">{t("chat.link.why")}</p>
      <p className="mt-3 max-h-40 overflow-y-auto rounded border border-line bg-sunken px-3 py-2 font-mono text-12 break-all">
        {href}
      </p>
    </Dialog>
  );
}

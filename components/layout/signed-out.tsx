"use client";

import { useEffect, useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Mark } from "#components/ui/mark.tsx";
import { Modal } from "#components/ui/modal.tsx";
import { onSignedOut, signInPath } from "#lib/client/api.ts";
import { followSessionEnd } from "#lib/client/session-end.ts";
import { useText } from "#lib/client/text.tsx";

/**
 * Lies over the whole page once the session is over, here or in another tab. Nothing of the page can be seen any more,
 * and what stands in a composer stays in memory until the person leaves.
 */
export function SignedOut() {
  const t = useText();
  const id = useId();
  const [over, setOver] = useState(false);
  useEffect(() => onSignedOut(() => setOver(true)), []);
  useEffect(followSessionEnd, []);
  if (!over) return null;
  return (
    <Modal
      role="alertdialog"
      labelledBy={id}
      describedBy={`${id}-text`}
      closeOutside={false}
      onClose={() => undefined}
      className="m-0 h-dvh max-h-none w-screen max-w-none bg-canvas p-6 text-ink backdrop:bg-canvas"
    >
      <div className="flex h-full items-center justify-center">
        <div className="max-w-110">
          <Mark size={32} />
          <h2 id={id} className="mt-4 text-24">
            {t("layout.signedOut.title")}
          </h2>
          <p id={`${id}-text`} className="mt-2 text-15 text-ink-muted">
            {t("layout.signedOut.text")}
          </p>
          <Button
            variant="filled"
            size="large"
            data-start-focus
            className="mt-6"
            onClick={() => location.assign(signInPath())}
          >
            {t("layout.signedOut.action")}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

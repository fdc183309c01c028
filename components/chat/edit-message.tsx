"use client";

import { useState } from "react";
import { useSendKey } from "#components/chat/chat-person.tsx";
import { Button } from "#components/ui/button.tsx";
import { useEnterKey } from "#lib/client/enter-key.ts";
import { useText } from "#lib/client/text.tsx";

/** A person's message with other words: sending it makes a branch, and what was there stays. */
export function EditMessage({
  text,
  onSend,
  onCancel,
}: {
  text: string;
  onSend: (text: string) => void;
  onCancel: () => void;
}) {
  const t = useText();
  const [value, setValue] = useState(text);
  const send = () => {
    if (value.trim() !== "") onSend(value);
  };
  const enter = useEnterKey({ sendKey: useSendKey(), onSend: send });
  return (
    <div className="w-full max-w-150 self-end pb-6">
      <textarea
        // biome-ignore lint/a11y/noAutofocus: the person pressed Edit to write here.
        autoFocus
        dir="auto"
        aria-label={t("chat.actions.editLabel")}
        value={value}
        onChange={(event) => setValue(event.target.value)}
        {...enter}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            onCancel();
          } else enter.onKeyDown(event);
        }}
        className="field-box block field-sizing-content max-h-[40dvh] min-h-20 w-full resize-none px-3.5 py-2 text-15 coarse:text-[1rem]"
      />
      <div className="mt-2 flex justify-end gap-2">
        <Button onClick={onCancel}>{t("common.cancel")}</Button>
        <Button variant="filled" disabled={value.trim() === ""} onClick={send}>
          {t("chat.actions.saveEdit")}
        </Button>
      </div>
    </div>
  );
}

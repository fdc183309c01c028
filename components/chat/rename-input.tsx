"use client";

import { type AnchorHTMLAttributes, useState } from "react";
import { Input } from "#components/ui/field.tsx";
import { useText } from "#lib/client/text.tsx";

/** A link whose answer the browser saves as a file. */
export function ExportLink({ children, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement>) {
  return (
    <a {...rest} download>
      {children}
    </a>
  );
}

/** A title that is being changed. Enter and leaving keep it, Escape does not. */
export function RenameInput({ title, onDone }: { title: string; onDone: (title: string | null) => void }) {
  const t = useText();
  const [value, setValue] = useState(title);
  const done = (keep: boolean) => onDone(keep && value.trim() !== "" && value.trim() !== title ? value.trim() : null);
  return (
    <Input
      autoFocus
      dir="auto"
      aria-label={t("conversations.titleLabel")}
      maxLength={200}
      value={value}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setValue(event.target.value)}
      onBlur={() => done(true)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter") done(true);
        if (event.key !== "Escape") return;
        event.stopPropagation();
        done(false);
      }}
    />
  );
}

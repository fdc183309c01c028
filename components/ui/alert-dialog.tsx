"use client";

import type { LucideIcon } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { Button } from "./button.tsx";
import { Input } from "./field.tsx";
import { Modal } from "./modal.tsx";
import { StateGlyph } from "./state-glyph.tsx";

export interface AlertFact {
  icon: LucideIcon;
  /** The fact, and what follows from it. */
  fact: ReactNode;
  effect?: ReactNode;
}

interface AlertDialogProps {
  /** The question that names the thing. */
  title: ReactNode;
  /** Its id, in mono under the title. */
  subject?: string;
  facts?: AlertFact[];
  /** What must be typed before the button works. */
  typed?: { label: ReactNode; value: string };
  children?: ReactNode;
  /** When the facts were read, or what stays. */
  note?: ReactNode;
  safeLabel: string;
  /** Repeats the verb and the count. */
  actionLabel: string;
  danger?: boolean;
  busy?: boolean;
  /** Stands above the buttons, and the dialog stays. */
  error?: ReactNode;
  onConfirm: () => void;
  onClose: () => void;
}

/** The question before something that cannot be taken back. Focus starts on the safe choice. Mount it to open it. */
export function AlertDialog({
  title,
  subject,
  facts = [],
  typed,
  children,
  note,
  safeLabel,
  actionLabel,
  danger = true,
  busy = false,
  error,
  onConfirm,
  onClose,
}: AlertDialogProps) {
  const id = useId();
  const [text, setText] = useState("");
  const ready = typed === undefined || text.trim() === typed.value;
  return (
    <Modal
      role="alertdialog"
      labelledBy={id}
      describedBy={`${id}-facts`}
      onClose={onClose}
      closeOutside={false}
      className="float appear m-auto w-[calc(100vw-2rem)] max-w-dialog overflow-y-auto p-6 max-narrow:p-4"
    >
      <h2 id={id} className="text-18 break-words">
        {title}
      </h2>
      {subject !== undefined && <p className="mt-1 font-mono text-12 text-ink-muted">{subject}</p>}
      <div id={`${id}-facts`}>
        {facts.length > 0 && (
          <ul className="mt-4 grid gap-3 border-y border-line py-4">
            {facts.map(({ icon: Icon, fact, effect }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the facts of one dialog never change places.
              <li key={index} className="flex gap-3">
                <span className="flex h-5 items-center text-ink-muted">
                  <Icon />
                </span>
                <div>
                  <span className="font-medium">{fact}</span> {effect}
                </div>
              </li>
            ))}
          </ul>
        )}
        {children !== undefined && <div className="mt-4">{children}</div>}
      </div>
      {typed !== undefined && (
        <div className="mt-4 grid gap-1.5">
          <label htmlFor={`${id}-typed`}>{typed.label}</label>
          <Input id={`${id}-typed`} value={text} onChange={(event) => setText(event.target.value)} spellCheck={false} />
        </div>
      )}
      {error !== undefined && (
        <div role="alert" className="mt-4 flex gap-2">
          <span className="flex h-5 items-center">
            <StateGlyph state="failed" />
          </span>
          <div>{error}</div>
        </div>
      )}
      <div className="mt-6 flex flex-wrap items-center gap-2">
        <div className="me-auto text-12 text-ink-muted">{note}</div>
        <Button data-start-focus onClick={onClose}>
          {safeLabel}
        </Button>
        <Button variant={danger ? "danger" : "filled"} busy={busy} disabled={!ready} onClick={onConfirm}>
          {actionLabel}
        </Button>
      </div>
    </Modal>
  );
}

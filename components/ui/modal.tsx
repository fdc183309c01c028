"use client";

import { type ReactNode, useEffect, useRef } from "react";

interface ModalProps {
  onClose: () => void;
  /** Ids of the title, and of what describes it. */
  labelledBy: string;
  describedBy?: string;
  role?: "dialog" | "alertdialog";
  /** A press outside closes it; not where something typed or asked would be lost. */
  closeOutside?: boolean;
  className: string;
  children: ReactNode;
}

/**
 * The browser's own modal dialog: it keeps focus inside, makes the rest inert, and gives focus back. Mount it to open it.
 * Focus starts on `data-start-focus`, else on the first thing that takes it.
 */
export function Modal({
  onClose,
  labelledBy,
  describedBy,
  role = "dialog",
  closeOutside = true,
  className,
  children,
}: ModalProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    const before = document.activeElement;
    if (!dialog.open) dialog.showModal();
    dialog.querySelector<HTMLElement>("[data-start-focus]")?.focus();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it, which the browser reports as cancel.
    <dialog
      ref={ref}
      role={role}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (closeOutside && event.target === event.currentTarget && outside(event, event.currentTarget)) onClose();
      }}
      className={`text-start ${className}`}
    >
      {children}
    </dialog>
  );
}

function outside(event: { clientX: number; clientY: number }, dialog: HTMLElement): boolean {
  const at = dialog.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  return x < at.left || x > at.right || y < at.top || y > at.bottom;
}

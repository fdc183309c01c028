"use client";

import { X } from "lucide-react";
import { type ReactNode, type SubmitEventHandler, useId } from "react";
import { IconButton } from "./icon-button.tsx";
import { Modal } from "./modal.tsx";

/** A drawer of 496 px from the right, for new things and edits. With `onSubmit` it is a form. Mount it to open it. */
export function Drawer({
  title,
  closeLabel,
  onClose,
  onSubmit,
  footer,
  children,
}: {
  title: ReactNode;
  closeLabel: string;
  onClose: () => void;
  onSubmit?: () => void;
  /** The action bar; the filled button stands last. */
  footer?: ReactNode;
  children: ReactNode;
}) {
  const id = useId();
  const submit: SubmitEventHandler<HTMLFormElement> = (event) => {
    event.preventDefault();
    onSubmit?.();
  };
  const inside = (
    <>
      <div className="flex h-14 flex-none items-center justify-between gap-4 border-b border-line ps-6 pe-4 max-narrow:ps-4">
        <h2 id={id} className="truncate text-18">
          {title}
        </h2>
        <IconButton icon={X} label={closeLabel} onClick={onClose} />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-6 py-5 max-narrow:px-4">{children}</div>
      {footer !== undefined && (
        <div className="flex min-h-16 flex-none flex-wrap items-center justify-end gap-2 border-t border-line px-6 py-3 max-narrow:px-4">
          {footer}
        </div>
      )}
    </>
  );
  return (
    <Modal
      labelledBy={id}
      onClose={onClose}
      closeOutside={onSubmit === undefined}
      className="slide-in fixed inset-y-0 end-0 m-0 ms-auto h-dvh max-h-none w-full max-w-drawer border-s border-line bg-surface text-ink shadow-float"
    >
      {onSubmit === undefined ? (
        <div className="flex h-full flex-col">{inside}</div>
      ) : (
        <form noValidate onSubmit={submit} className="flex h-full flex-col">
          {inside}
        </form>
      )}
    </Modal>
  );
}

"use client";

import { X } from "lucide-react";
import { type ReactNode, useId } from "react";
import { IconButton } from "./icon-button.tsx";
import { Modal } from "./modal.tsx";

/** A dialog of 480 px. Mount it to open it. */
export function Dialog({
  title,
  closeLabel,
  onClose,
  footer,
  closeOutside,
  children,
}: {
  title: ReactNode;
  closeLabel: string;
  onClose: () => void;
  footer?: ReactNode;
  closeOutside?: boolean;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <Modal
      labelledBy={id}
      onClose={onClose}
      closeOutside={closeOutside ?? true}
      className="float appear m-auto w-[calc(100vw-2rem)] max-w-dialog overflow-y-auto p-6 max-narrow:p-4"
    >
      <div className="flex items-start justify-between gap-4">
        <h2 id={id} className="text-18">
          {title}
        </h2>
        <IconButton icon={X} label={closeLabel} onClick={onClose} className="-me-1" />
      </div>
      <div className="mt-4">{children}</div>
      {footer !== undefined && <div className="mt-6 flex flex-wrap items-center justify-end gap-2">{footer}</div>}
    </Modal>
  );
}

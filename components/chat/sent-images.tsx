"use client";

import { useText } from "#lib/client/text.tsx";
import type { AttachmentView } from "#lib/shared/chat/types.ts";

/** The images of a sent message. Each is our own copy, served by our own route. */
export function SentImages({ attachments }: { attachments: AttachmentView[] }) {
  const t = useText();
  if (attachments.length === 0) return null;
  return (
    <ul className="mb-2 flex flex-wrap justify-end gap-2">
      {attachments.map(({ id, name }) => (
        <li key={id}>
          <a href={`/api/attachments/${id}`} target="_blank" rel="noreferrer" data-tip={name} className="block rounded">
            {/* biome-ignore lint/performance/noImgElement: there is no image optimiser, on purpose. */}
            <img
              src={`/api/attachments/${id}`}
              alt={t("chat.composer.image", { name })}
              loading="lazy"
              decoding="async"
              className="max-h-48 min-h-16 max-w-[min(18rem,100%)] min-w-16 rounded border border-line bg-sunken object-contain"
            />
          </a>
        </li>
      ))}
    </ul>
  );
}

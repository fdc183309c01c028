"use client";

import { X } from "lucide-react";
import { IconButton } from "#components/ui/icon-button.tsx";
import { StateGlyph } from "#components/ui/state-glyph.tsx";
import { type DraftAttachment, removeDraftAttachment } from "#lib/client/drafts.ts";
import { useLocale, useText } from "#lib/client/text.tsx";

/** The images that go with the next message: preview, name, size or progress, remove. */
export function ComposerImages({ scope, attachments }: { scope: string; attachments: DraftAttachment[] }) {
  const t = useText();
  if (attachments.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-2 px-3 pt-3">
      {attachments.map((attachment) => (
        <li
          key={attachment.key}
          className="flex h-9 max-w-64 min-w-0 items-center gap-2 rounded border border-line-strong bg-surface ps-1"
          data-tip={attachment.error === null ? attachment.name : t(`errors.${attachment.error.code}.title`)}
        >
          {/* biome-ignore lint/performance/noImgElement: a blob of this browser, or our own route. */}
          <img src={attachment.previewUrl} alt="" className="size-7 flex-none rounded-small bg-sunken object-cover" />
          <span className="min-w-0 truncate">{attachment.name}</span>
          <Progress attachment={attachment} />
          <IconButton
            icon={X}
            small
            label={t("chat.composer.removeImage", { name: attachment.name })}
            onClick={() => removeDraftAttachment(scope, attachment.key)}
          />
        </li>
      ))}
    </ul>
  );
}

function Progress({ attachment: { error, view, progress, sizeBytes } }: { attachment: DraftAttachment }) {
  const t = useText();
  const locale = useLocale();
  if (error !== null) {
    return (
      <span className="flex flex-none items-center gap-1 text-12">
        <StateGlyph state="failed" />
        {t("common.state.failed")}
      </span>
    );
  }
  if (view === null) {
    return (
      <span className="flex flex-none items-center gap-1 text-12 text-ink-muted tabular-nums">
        <StateGlyph state="running" level={progress} />
        {t("chat.composer.progress", { percent: Math.round(progress * 100) })}
      </span>
    );
  }
  return <span className="flex-none text-12 text-ink-muted tabular-nums">{bytes(sizeBytes, locale)}</span>;
}

function bytes(size: number, locale: string): string {
  const [unit, value] =
    size < 1_000_000 ? (["kilobyte", size / 1000] as const) : (["megabyte", size / 1_000_000] as const);
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumSignificantDigits: 3 }).format(
    Math.max(value, 0.1),
  );
}

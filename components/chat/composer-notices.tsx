"use client";

import { Button } from "#components/ui/button.tsx";
import { StateGlyph } from "#components/ui/state-glyph.tsx";
import { type Draft, settleDraft } from "#lib/client/drafts.ts";
import type { Outgoing } from "#lib/client/outbox.ts";
import { useText } from "#lib/client/text.tsx";

/** A message that did not get through. Its words are in the composer; sending again does it at most once. */
export function NotSent({
  outgoing,
  onRetry,
  onDiscard,
}: {
  outgoing: Outgoing;
  onRetry: () => void;
  onDiscard: () => void;
}) {
  const t = useText();
  const { failure } = outgoing;
  if (failure === null) return null;
  const unsure = failure.status === 0;
  return (
    <div role="alert" className="mb-2 flex flex-wrap items-start gap-x-3 gap-y-2 px-1">
      <span className="flex h-5 items-center">
        <StateGlyph state={unsure ? "unknown" : "failed"} />
      </span>
      <div className="min-w-0 flex-1">
        <span className="font-medium">{t("chat.composer.notSent")}</span>{" "}
        <span>{t(`errors.${failure.code}.title`)}.</span>{" "}
        <span className="text-ink-muted">
          {unsure ? t("chat.composer.maybeSent") : t(`errors.${failure.code}.next`)}
        </span>
        {failure.retryAfterSeconds !== undefined && (
          <span className="ms-1 text-ink-muted">{t("common.tryAgainIn", { count: failure.retryAfterSeconds })}</span>
        )}
        {failure.requestId !== undefined && (
          <span className="block font-mono text-12 text-ink-faint">
            {t("common.requestId")} {failure.requestId}
          </span>
        )}
      </div>
      <div className="flex gap-2">
        <Button size="small" onClick={onRetry}>
          {t("chat.composer.retrySend")}
        </Button>
        <Button size="small" variant="quiet" onClick={onDiscard}>
          {t("chat.composer.discard")}
        </Button>
      </div>
    </div>
  );
}

/** Another tab or device wrote something else into this composer. Both are there until the person chooses. */
export function OtherDraft({ scope, draft: { other } }: { scope: string; draft: Draft }) {
  const t = useText();
  if (other === null) return null;
  return (
    <div role="status" className="mb-2 flex items-start gap-3 px-1">
      <span className="flex h-5 items-center">
        <StateGlyph state="attention" />
      </span>
      <div className="min-w-0 flex-1">
        {t("chat.composer.other")}
        <span className="line-clamp-2 text-ink-muted">
          {other.text === "" ? t("chat.composer.otherEmpty") : other.text}
        </span>
      </div>
      <Button size="small" onClick={() => settleDraft(scope, "other")}>
        {t("chat.composer.useOther")}
      </Button>
      <Button size="small" variant="quiet" onClick={() => settleDraft(scope, "mine")}>
        {t("chat.composer.useMine")}
      </Button>
    </div>
  );
}

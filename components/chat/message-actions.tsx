"use client";

import { Check, ChevronLeft, ChevronRight, Copy, Pencil, RotateCcw } from "lucide-react";
import { useState } from "react";
import { IconButton } from "#components/ui/icon-button.tsx";
import { useLocale, useText } from "#lib/client/text.tsx";
import type { MessageMetrics, MessageView } from "#lib/shared/chat/types.ts";

interface ActionsProps {
  message: MessageView;
  /** The exact Markdown. */
  text: string;
  onRetry?: (() => void) | undefined;
  onEdit?: (() => void) | undefined;
  onBranch?: ((messageId: string) => void) | undefined;
}

/** The line under a message: copy, retry or edit, and the way to its other versions. */
export function MessageActions({ message, text, onRetry, onEdit, onBranch }: ActionsProps) {
  const t = useText();
  return (
    <div className="message-actions -ms-1.5 flex items-center gap-1" data-no-copy>
      {text !== "" && <CopyMarkdown text={text} />}
      {onRetry !== undefined && <IconButton icon={RotateCcw} small label={t("chat.actions.retry")} onClick={onRetry} />}
      {onEdit !== undefined && <IconButton icon={Pencil} small label={t("chat.actions.edit")} onClick={onEdit} />}
      <BranchStepper message={message} onBranch={onBranch} />
    </div>
  );
}

function CopyMarkdown({ text }: { text: string }) {
  const t = useText();
  const [done, setDone] = useState(false);
  async function copy() {
    await navigator.clipboard.writeText(text).catch(() => undefined);
    setDone(true);
    window.setTimeout(() => setDone(false), 2000);
  }
  return (
    <>
      <IconButton
        icon={done ? Check : Copy}
        small
        label={done ? t("chat.actions.copied") : t("chat.actions.copy")}
        onClick={() => void copy()}
      />
      <span aria-live="polite" className="sr-only">
        {done ? t("chat.actions.copied") : ""}
      </span>
    </>
  );
}

function BranchStepper({ message, onBranch }: Pick<ActionsProps, "message" | "onBranch">) {
  const t = useText();
  const { siblingIds, id } = message;
  const at = siblingIds.indexOf(id);
  if (siblingIds.length < 2 || at === -1) return null;
  const go = (index: number) => {
    const target = siblingIds[index];
    if (target !== undefined) onBranch?.(target);
  };
  return (
    <div className="flex items-center text-13 text-ink-muted tabular-nums">
      <IconButton
        icon={ChevronLeft}
        small
        label={t("chat.actions.previous")}
        disabled={at === 0 || onBranch === undefined}
        onClick={() => go(at - 1)}
      />
      <span role="img" aria-label={t("chat.actions.version", { at: at + 1, count: siblingIds.length })}>
        {at + 1} / {siblingIds.length}
      </span>
      <IconButton
        icon={ChevronRight}
        small
        label={t("chat.actions.next")}
        disabled={at === siblingIds.length - 1 || onBranch === undefined}
        onClick={() => go(at + 1)}
      />
    </div>
  );
}

/** Who answered, how soon and how much: only what is known. */
export function AnswerMetrics({ agent, metrics }: { agent: string | null; metrics: MessageMetrics }) {
  const t = useText();
  const locale = useLocale();
  const seconds = (ms: number) =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: ms < 10_000 ? 1 : 0, minimumFractionDigits: 0 }).format(
      Math.max(ms, 50) / 1000,
    );
  const { firstTokenMs, inputTokens, outputTokens, durationMs } = metrics;
  const parts: { key: string; text: string; tip?: string }[] = [];
  if (agent !== null) parts.push({ key: "agent", text: agent });
  if (firstTokenMs !== undefined) {
    const tip = durationMs === undefined ? {} : { tip: t("chat.metrics.duration", { seconds: seconds(durationMs) }) };
    parts.push({ key: "first", text: t("chat.metrics.firstToken", { seconds: seconds(firstTokenMs) }), ...tip });
  }
  if (outputTokens !== undefined) {
    const tip =
      inputTokens === undefined
        ? {}
        : { tip: t("chat.metrics.tokensTip", { input: inputTokens, output: outputTokens }) };
    parts.push({ key: "tokens", text: t("chat.metrics.tokens", { count: outputTokens }), ...tip });
  }
  return (
    <div className="flex flex-wrap items-center gap-x-2 text-12 text-ink-muted tabular-nums" data-no-copy>
      {parts.map(({ key, text, tip }, index) => (
        <span key={key} className="flex gap-2">
          {index > 0 && <span aria-hidden="true">·</span>}
          <span data-tip={tip}>{text}</span>
        </span>
      ))}
    </div>
  );
}

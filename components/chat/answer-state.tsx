"use client";

import { useEffect, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Collapsible } from "#components/ui/collapsible.tsx";
import { CopyButton } from "#components/ui/failure.tsx";
import { StateGlyph } from "#components/ui/state-glyph.tsx";
import { StateLine } from "#components/ui/state-line.tsx";
import type { LiveRun } from "#lib/client/live-runs.ts";
import { useLocale, useText } from "#lib/client/text.tsx";
import { useSecondsSince } from "#lib/client/use-chat.ts";
import { countWords } from "#lib/shared/chat/count-words.ts";
import type { LiveAnswer } from "#lib/shared/chat/reduce.ts";
import type { MessageProblem } from "#lib/shared/chat/types.ts";
import type { ErrorCode } from "#lib/shared/errors.ts";

export interface AnswerDoings {
  /** Absent where nothing can be done: another branch, or read only. */
  onRetry?: (() => void) | undefined;
  onContinue?: (() => void) | undefined;
}

/** Where an answer stands, in the place where its text would go on. Nothing while text comes, and after a good end. */
export function AnswerState({
  answer,
  link,
  since,
  ...doings
}: {
  answer: LiveAnswer;
  link: LiveRun["link"];
  /** When this browser began to wait, on its own clock. */
  since: number | null;
} & AnswerDoings) {
  switch (answer.state) {
    case "queued":
      return answer.place === null ? <Waiting since={since} started={false} /> : <Place position={answer.place} />;
    case "streaming":
      return <Streaming answer={answer} link={link} since={since} />;
    case "stopped":
    case "interrupted":
      return <Broken answer={answer} {...doings} />;
    case "failed":
      return <Failed answer={answer} {...doings} />;
    case "waiting_for_credit":
      return <WaitingForCredit at={answer.endedAt} />;
    case "complete":
      return <Complete answer={answer} {...doings} />;
  }
}

function Place({ position }: { position: number }) {
  const t = useText();
  const locale = useLocale();
  return (
    <StateLine
      state="queued"
      word={t("chat.state.place", { count: position })}
      fact={
        position === 1 ? t("chat.state.placeNext") : t("chat.state.placeFact", { place: ordinal(position, locale) })
      }
    >
      {t("chat.state.placeWhy")}
    </StateLine>
  );
}

function Waiting({ since, started }: { since: number | null; started: boolean }) {
  const t = useText();
  const seconds = useSecondsSince(since);
  return (
    <StateLine
      state={started ? "running" : "queued"}
      word={started ? t("chat.state.waiting") : t("chat.state.starting")}
      {...(seconds >= 2 ? { fact: <Seconds>{t("chat.state.waitingFact", { seconds })}</Seconds> } : {})}
    >
      {seconds >= 10 ? t("chat.state.workingWhy") : undefined}
    </StateLine>
  );
}

function Streaming({ answer, link, since }: { answer: LiveAnswer; link: LiveRun["link"]; since: number | null }) {
  const t = useText();
  if (link === "resuming") {
    return <StateLine state="attention" word={t("chat.state.resuming")} fact={t("chat.state.resumingFact")} />;
  }
  if (answer.silentSeconds > 0) return <Silence seconds={answer.silentSeconds} key={answer.silentSeconds} />;
  return answer.text === "" ? <Waiting since={since} started={answer.startedAt !== null} /> : null;
}

/** The server says how long nothing came; between its words the browser counts on. */
function Silence({ seconds }: { seconds: number }) {
  const t = useText();
  const [heardAt, setHeardAt] = useState<number | null>(null);
  useEffect(() => setHeardAt(performance.now()), []);
  const more = useSecondsSince(heardAt);
  return (
    <StateLine
      state="running"
      word={t("chat.state.working")}
      fact={<Seconds>{t("chat.state.workingFact", { seconds: seconds + Math.min(more, 30) })}</Seconds>}
    >
      {t("chat.state.workingWhy")}
    </StateLine>
  );
}

function Broken({ answer, onRetry, onContinue }: { answer: LiveAnswer } & AnswerDoings) {
  const t = useText();
  const count = countWords(answer.text);
  const stopped = answer.state === "stopped";
  const fact = stopped
    ? count === 0
      ? t("chat.state.stoppedEmpty")
      : t("chat.state.stoppedFact", { count })
    : count === 0
      ? t("chat.state.interruptedEmpty")
      : t("chat.state.interruptedFact", { count });
  return (
    <StateLine
      state={stopped ? "stopped" : "attention"}
      word={stopped ? t("chat.state.stopped") : t("chat.state.interrupted")}
      fact={fact}
    >
      {answer.problem !== null && <Problem problem={answer.problem} />}
      <Steps onRetry={onRetry} onContinue={count === 0 ? undefined : onContinue} warn={!stopped} />
      {answer.problem !== null && <ProblemDetails problem={answer.problem} at={answer.endedAt} />}
    </StateLine>
  );
}

function Failed({ answer, onRetry, onContinue }: { answer: LiveAnswer } & AnswerDoings) {
  const t = useText();
  const problem: MessageProblem = answer.problem ?? { code: "internal" };
  return (
    <StateLine state="failed" word={t("chat.state.failed")} fact={t(`errors.${problem.code}.title`)}>
      {t(`errors.${problem.code}.next`)}
      <Steps onRetry={onRetry} onContinue={answer.text === "" ? undefined : onContinue} warn={answer.text !== ""} />
      <ProblemDetails problem={problem} at={answer.endedAt} />
    </StateLine>
  );
}

function Complete({ answer, onContinue }: { answer: LiveAnswer } & AnswerDoings) {
  const t = useText();
  if (answer.finishReason === "length") {
    return (
      <StateLine state="attention" word={t("chat.state.length")} fact={t("chat.state.lengthFact")}>
        <Steps onRetry={undefined} onContinue={onContinue} warn={false} />
      </StateLine>
    );
  }
  return answer.text.trim() === "" ? <StateLine state="done" word={t("chat.state.emptyAnswer")} /> : null;
}

function WaitingForCredit({ at }: { at: number | null }) {
  const t = useText();
  return (
    <section className="rounded border border-warning-line bg-raised p-4" aria-label={t("chat.state.waitingForCredit")}>
      <div className="flex items-center gap-2">
        <StateGlyph state="waiting" />
        <span className="text-15 font-medium">{t("chat.state.waitingForCredit")}</span>
        {at !== null && <AsOf at={at} />}
      </div>
      <p className="mt-1 ps-[22px] text-ink-muted">{t("chat.state.creditText")}</p>
    </section>
  );
}

function AsOf({ at }: { at: number }) {
  const t = useText();
  const locale = useLocale();
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(at);
  return (
    <span suppressHydrationWarning className="ms-auto text-12 text-ink-muted tabular-nums">
      {t("common.staleSince", { time })}
    </span>
  );
}

function Steps({ onRetry, onContinue, warn }: AnswerDoings & { warn: boolean }) {
  const t = useText();
  if (onRetry === undefined && onContinue === undefined) return null;
  return (
    <div className="mt-2 flex flex-wrap items-center gap-2">
      {onContinue !== undefined && <Button onClick={onContinue}>{t("chat.state.continue")}</Button>}
      {onRetry !== undefined && (
        <Button onClick={onRetry} {...(warn ? { "data-tip": t("chat.state.retryWarning") } : {})}>
          {t("chat.state.retry")}
        </Button>
      )}
      {warn && onRetry !== undefined && <span className="text-12">{t("chat.state.retryWarning")}</span>}
    </div>
  );
}

function Problem({ problem }: { problem: MessageProblem }) {
  const t = useText();
  return (
    <>
      {t(`errors.${problem.code}.title`)}. {t(`errors.${problem.code}.next`)}
    </>
  );
}

function ProblemDetails({ problem, at }: { problem: MessageProblem; at: number | null }) {
  const t = useText();
  const details: [string, string][] = [
    [t("chat.state.layer"), t(`chat.state.layers.${layerOf(problem.code)}`)],
    [t("common.errorCode"), problem.code],
    ...(problem.requestId === undefined ? [] : [[t("common.requestId"), problem.requestId] satisfies [string, string]]),
    ...(at === null ? [] : [[t("chat.state.at"), new Date(at).toISOString()] satisfies [string, string]]),
    ...Object.entries(problem.facts ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
  ];
  return (
    <div className="mt-2">
      <Collapsible label={t("common.details")}>
        <div className="flex items-start justify-between gap-4">
          <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 font-mono text-12">
            {details.map(([name, value]) => (
              <div key={name} className="contents">
                <dt>{name}</dt>
                <dd className="break-all text-ink">{value}</dd>
              </div>
            ))}
          </dl>
          <CopyButton
            text={details.map(([name, value]) => `${name}: ${value}`).join("\n")}
            label={t("common.copyDetails")}
            doneLabel={t("common.copied")}
          />
        </div>
      </Collapsible>
    </div>
  );
}

function Seconds({ children }: { children: string }) {
  // Counting aloud would drown everything else.
  return (
    <span className="tabular-nums" aria-live="off">
      {children}
    </span>
  );
}

function layerOf(code: ErrorCode): "gateway" | "provider" | "server" {
  if (code.startsWith("provider_")) return "provider";
  return code.startsWith("gateway_") || code === "answer_not_appendable" ? "gateway" : "server";
}

function ordinal(position: number, locale: string): string {
  if (locale !== "en") return String(position);
  const suffix = { one: "st", two: "nd", few: "rd", other: "th", zero: "th", many: "th" } as const;
  return `${position}${suffix[new Intl.PluralRules("en", { type: "ordinal" }).select(position)]}`;
}

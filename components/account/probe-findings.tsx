"use client";

import { useState } from "react";
import { CopyButton } from "#components/ui/failure.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { type Glyph, StateGlyph } from "#components/ui/state-glyph.tsx";
import { useText, useTextWithFacts } from "#lib/client/text.tsx";
import type { ProbeFinding, ProbeLevel, ProbeReport } from "#lib/shared/connections.ts";

const glyphOf: Record<ProbeLevel, Glyph> = { ok: "done", attention: "attention", failed: "failed", unknown: "unknown" };

const wordOf = {
  ok: "common.state.done",
  attention: "common.state.attention",
  failed: "common.state.failed",
  unknown: "common.state.unknown",
} as const;

/** What a probe found: glyph, sentence, next step, and the lines to set where there are any. */
export function ProbeFindings({ report, probing }: { report: ProbeReport | null; probing: boolean }) {
  const t = useText();
  if (report === null) {
    return probing ? (
      <div role="status" aria-label={t("connections.probing")} className="grid gap-3 py-1">
        <Skeleton className="w-64" />
        <Skeleton className="w-48" />
        <Skeleton className="w-72" />
      </div>
    ) : (
      <p className="text-ink-muted">
        {t("connections.notProbed")} {t("connections.probeText")}
      </p>
    );
  }
  return (
    <ul aria-live="polite" className="grid gap-2">
      {report.findings.map((finding) => (
        <Finding key={`${finding.code}-${finding.facts["mode"] ?? ""}`} finding={finding} />
      ))}
    </ul>
  );
}

function Finding({ finding: { code, level, facts } }: { finding: ProbeFinding }) {
  const t = useText();
  const say = useTextWithFacts();
  const [open, setOpen] = useState(false);
  const reason = facts["reason"];
  const known = {
    ...facts,
    variable: facts["variable"] === "" ? "OPENCLAW_GATEWAY_TOKEN" : (facts["variable"] ?? ""),
    reason:
      typeof reason === "string" && Object.hasOwn(reasons, reason) ? t(reasons[reason as Reason]) : t(reasons.other),
  };
  const next = say(`connections.probe.${code}.next`, known);
  const lines = facts["config"];
  return (
    <li className="flex gap-2">
      <span className="flex h-5 items-center">
        <StateGlyph state={glyphOf[level]} />
      </span>
      <div className="min-w-0 flex-1">
        <span className="sr-only">{t(wordOf[level])}: </span>
        <span className="me-2">{say(`connections.probe.${code}.title`, known)}</span>
        {next !== "" && <span className="text-ink-muted">{next} </span>}
        {typeof lines === "string" && (
          <>
            <button
              type="button"
              aria-expanded={open}
              onClick={() => setOpen(!open)}
              className="press rounded font-medium text-accent underline-offset-2 hover:underline"
            >
              {open ? t("connections.hideLines") : t("connections.showLines")}
            </button>
            {open && <Lines text={lines} help={t("connections.linesHelp")} />}
          </>
        )}
      </div>
    </li>
  );
}

/** Lines of a configuration, to read and to copy. */
export function Lines({ text, help }: { text: string; help?: string }) {
  const t = useText();
  return (
    <div className="mt-2 mb-1 overflow-hidden rounded border border-line bg-sunken">
      <div className="flex min-h-9 items-center justify-between gap-3 border-b border-line ps-3 pe-1">
        <span className="text-12 text-ink-muted">{help}</span>
        <CopyButton text={text} label={t("connections.copyLines")} doneLabel={t("common.copied")} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <pre tabIndex={0} className="overflow-x-auto p-3 font-mono text-12">
        {text}
      </pre>
    </div>
  );
}

const reasons = {
  not_a_url: "connections.reasons.not_a_url",
  scheme: "connections.reasons.scheme",
  credentials: "connections.reasons.credentials",
  query: "connections.reasons.query",
  refused: "connections.reasons.refused",
  dns: "connections.reasons.dns",
  timeout: "connections.reasons.timeout",
  tls: "connections.reasons.tls",
  reset: "connections.reasons.reset",
  other: "connections.reasons.other",
} as const;

type Reason = keyof typeof reasons;

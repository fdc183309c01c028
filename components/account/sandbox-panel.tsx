import { Gauge, type LucideIcon, MessageSquare, RotateCcw, Search } from "lucide-react";
import type { ReactNode } from "react";
import { Tag } from "#components/ui/tag.tsx";
import type { Text } from "#lib/shared/messages/text.ts";

/** What the built-in sandbox offers, beside the form. */
export function SandboxPanel({ t, children }: { t: Text; children?: ReactNode }) {
  const offers: [LucideIcon, string, string][] = [
    [MessageSquare, t("account.sandbox.agents"), t("account.sandbox.agentsFact")],
    [Gauge, t("account.sandbox.states"), t("account.sandbox.statesFact")],
    [RotateCcw, t("account.sandbox.close"), t("account.sandbox.closeFact")],
    [Search, t("account.sandbox.search"), t("account.sandbox.searchFact")],
  ];
  return (
    <section aria-labelledby="sandbox-title">
      <Tag tone="sandbox">{t("common.sandbox")}</Tag>
      <h2 id="sandbox-title" className="mt-3 text-24 max-narrow:text-18">
        {t("account.sandbox.title")}
      </h2>
      <p className="mt-2 text-15 text-ink-muted text-pretty">{t("account.sandbox.text")}</p>
      <ul className="mt-6 border-t border-line">
        {offers.map(([Icon, title, fact]) => (
          <li
            key={title}
            className="flex min-h-14 items-center gap-3 border-b border-line py-2 max-narrow:flex-wrap max-narrow:gap-y-0"
          >
            <Icon className="text-ink-muted" />
            <span className="flex-1 text-15 max-narrow:basis-3/4">{title}</span>
            <span className="text-ink-muted max-narrow:basis-full max-narrow:ps-7">{fact}</span>
          </li>
        ))}
      </ul>
      {children}
    </section>
  );
}

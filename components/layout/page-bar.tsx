"use client";

import { Menu, SquarePen } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { useShell } from "#components/layout/shell-context.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { useText } from "#lib/client/text.tsx";

interface PageBarProps {
  /** What stands before the title: `Settings /`. */
  path?: { label: string; href: string }[];
  /** The page's own name. Empty on pages that say it themselves. */
  title?: ReactNode;
  /** Beside the title: rename. */
  beside?: ReactNode;
  /** At the right, the filled one last. */
  actions?: ReactNode;
  /** Under the title on a phone. */
  below?: ReactNode;
  /** In place of New chat at the right of a phone's bar. */
  phoneAction?: ReactNode;
}

/** The bar over a page: 48 px with the path and actions; on a phone 52 px with the menu, the title and New chat. */
export function PageBar({ path = [], title, beside, actions, below, phoneAction }: PageBarProps) {
  const t = useText();
  const { openNavigation } = useShell();
  return (
    <header className="flex h-12 flex-none items-center gap-3 border-line px-6 max-narrow:h-13 max-narrow:border-b max-narrow:px-3 narrow:[&:has([data-page-title])]:border-b">
      <IconButton icon={Menu} label={t("layout.openNavigation")} onClick={openNavigation} className="narrow:hidden" />
      <div className="flex min-w-0 flex-1 items-center gap-1 max-narrow:flex-col max-narrow:items-stretch max-narrow:gap-0 max-narrow:text-center">
        {path.length > 0 && (
          <nav aria-label={t("layout.path")} className="flex flex-none items-center gap-2 max-narrow:sr-only">
            {path.map(({ label, href }) => (
              <span key={href} className="flex items-center gap-2 text-ink-muted">
                <Link href={href} className="press rounded hover:text-ink">
                  {label}
                </Link>
                <span aria-hidden="true">/</span>
              </span>
            ))}
          </nav>
        )}
        {title !== undefined && (
          <div
            data-page-title
            className="flex min-w-0 items-center gap-1 ps-1 max-narrow:justify-center max-narrow:ps-0"
          >
            <span className="min-w-0 truncate font-medium max-narrow:text-15">{title}</span>
            {beside}
          </div>
        )}
        {below !== undefined && <div className="truncate text-12 text-ink-muted narrow:hidden">{below}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-none items-center gap-1 max-narrow:gap-0">{actions}</div>}
      <span className="narrow:hidden">
        {phoneAction ?? (
          <Link
            href="/"
            aria-label={t("layout.newChat")}
            data-tip={t("layout.newChat")}
            className="press flex size-7 items-center justify-center rounded text-ink-muted hover:bg-wash hover:text-ink"
          >
            <SquarePen />
          </Link>
        )}
      </span>
    </header>
  );
}

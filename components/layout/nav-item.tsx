import type { LucideIcon } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { classNames } from "#components/ui/class-names.ts";

interface NavItemProps {
  icon: LucideIcon;
  label: string;
  /** Right of the label: keys, a count, a glyph. */
  aside?: ReactNode;
  /** Keys in the tooltip while the bar is folded. */
  keys?: string;
  current?: boolean;
}

/** An item of the left bar that leads somewhere. Folded, it is its icon, and its tooltip says the rest. */
export function NavLink({ href, onClick, ...item }: NavItemProps & { href: string; onClick?: () => void }) {
  return (
    <Link
      href={href}
      aria-current={item.current ? "page" : undefined}
      data-tip-folded={item.label}
      {...(onClick === undefined ? {} : { onClick })}
      className={navItemClass(item.current)}
    >
      <Inside {...item} />
    </Link>
  );
}

/** The same for an action. */
export function NavButton({ onClick, ...item }: NavItemProps & { onClick: () => void }) {
  return (
    <button type="button" data-tip-folded={item.label} onClick={onClick} className={navItemClass(item.current)}>
      <Inside {...item} />
    </button>
  );
}

/** The look of an item, for lists that bring their own elements. */
export function navItemClass(current = false): string {
  return classNames(
    "press flex h-8 w-full items-center gap-2 rounded px-2 text-start coarse:h-11",
    "folded:w-10 folded:justify-center folded:px-0",
    current ? "bg-wash-strong font-medium text-ink" : "text-ink-muted hover:bg-wash hover:text-ink",
  );
}

function Inside({ icon: Icon, label, aside }: NavItemProps) {
  return (
    <>
      <Icon className="text-ink-muted" />
      <span className="min-w-0 flex-1 truncate folded:sr-only">{label}</span>
      {aside !== undefined && (
        <span className="flex-none text-12 text-ink-muted folded:hidden coarse:hidden">{aside}</span>
      )}
    </>
  );
}

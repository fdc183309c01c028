import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

/** A line that unfolds what is behind it. */
export function Collapsible({
  label,
  aside,
  children,
  open,
}: {
  label: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  open?: boolean;
}) {
  return (
    <details open={open} className="group">
      <summary className="press flex min-h-7 w-fit list-none items-center gap-1.5 rounded text-ink-muted hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight className="icon-small transition-transform duration-[120ms] ease-calm group-open:rotate-90 motion-reduce:transition-none" />
        {label}
        {aside}
      </summary>
      <div className="pt-1">{children}</div>
    </details>
  );
}

import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** Nothing here yet: what this is, and the one thing to do. */
export function Empty({
  icon: Icon,
  title,
  children,
  action,
  level = 2,
}: {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  level?: 1 | 2;
}) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <div className="max-w-110">
      <Icon className="text-ink-muted" />
      <Heading className="mt-2 text-18">{title}</Heading>
      {children !== undefined && <p className="mt-1 text-15 text-ink-muted text-pretty">{children}</p>}
      {action !== undefined && <div className="mt-4 flex flex-wrap items-center gap-3">{action}</div>}
    </div>
  );
}

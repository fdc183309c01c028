import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

/** Something outside is not as usual: one sentence, one action. At most one a page. */
export function Band({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div
      role="status"
      className="flex min-h-9 items-center gap-3 rounded border border-warning-line bg-warning-wash px-3 py-1.5"
    >
      <TriangleAlert className="text-warning" />
      <div className="min-w-0 flex-1">{children}</div>
      {action}
    </div>
  );
}

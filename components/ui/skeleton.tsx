import { classNames } from "./class-names.ts";

/** The shape of what is being read, without movement; only the first time. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={classNames("block h-3 rounded-small bg-wash-strong", className)} />;
}

/** Rows of a table that is being read. */
export function SkeletonRows({ rows = 5, label }: { rows?: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="border-t border-line-strong">
      {widths.slice(0, rows).map(([name, fact]) => (
        <div key={name} className="flex h-13 items-center gap-6 border-b border-line px-3">
          <div className="grid flex-1 gap-2">
            <Skeleton className={name} />
            <Skeleton className="h-2 w-20" />
          </div>
          <Skeleton className={classNames("max-narrow:hidden", fact)} />
          <Skeleton className="w-16" />
        </div>
      ))}
    </div>
  );
}

const widths: [string, string][] = [
  ["w-40", "w-24"],
  ["w-56", "w-20"],
  ["w-32", "w-28"],
  ["w-48", "w-16"],
  ["w-44", "w-24"],
  ["w-36", "w-20"],
];

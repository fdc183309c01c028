import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

export interface Column<Row> {
  key: string;
  head: ReactNode;
  /** For screen readers, where the head is empty. */
  headLabel?: string;
  cell: (row: Row) => ReactNode;
  align?: "start" | "end";
  /** Its place in the two-line row of a phone: the first line (name, then state), the second, or nowhere. */
  phone?: "name" | "state" | "fact" | "action" | "none";
  className?: string;
}

/** A table of things: lines between rows, no box. Under 640 px each row becomes two lines: name and state, then facts. */
export function DataTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  rowClass,
}: {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  rowClass?: (row: Row) => string | undefined;
}) {
  return (
    <table aria-label={label} className="w-full border-collapse text-start max-narrow:block">
      <thead className="max-narrow:sr-only">
        <tr className="border-b border-line-strong">
          {columns.map((column) => (
            <th
              key={column.key}
              scope="col"
              className={classNames(
                "h-8 pe-4 text-12 font-medium text-ink-muted last:pe-0",
                column.align === "end" ? "text-end" : "text-start",
                column.className,
              )}
            >
              {column.head}
              {column.headLabel !== undefined && <span className="sr-only">{column.headLabel}</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-narrow:block">
        {rows.map((row) => (
          <tr
            key={rowKey(row)}
            className={classNames(
              "border-b border-line hover:bg-wash/60",
              "max-narrow:flex max-narrow:flex-wrap max-narrow:items-center max-narrow:gap-x-3 max-narrow:py-2",
              "max-narrow:after:order-4 max-narrow:after:basis-full",
              rowClass?.(row),
            )}
          >
            {columns.map((column) => (
              <td
                key={column.key}
                className={classNames(
                  "h-11 py-1.5 pe-4 align-middle last:pe-0 max-narrow:h-auto max-narrow:p-0 max-narrow:text-start",
                  column.align === "end" && "text-end tabular-nums",
                  phoneClass[column.phone ?? "fact"],
                  column.className,
                )}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const phoneClass = {
  name: "max-narrow:order-1 max-narrow:min-w-0 max-narrow:flex-1 max-narrow:basis-1/2",
  state: "max-narrow:order-2",
  action: "max-narrow:order-3",
  fact: "max-narrow:order-5 max-narrow:text-12 max-narrow:text-ink-muted",
  none: "max-narrow:hidden",
} as const;

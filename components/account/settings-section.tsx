import type { ReactNode } from "react";
import { classNames } from "#components/ui/class-names.ts";

/** The title of a settings page with a sentence about it, and at the right its one action. */
export function SettingsTitle({
  title,
  action,
  children,
}: {
  title: string;
  action?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div
      className={classNames(
        "mb-6 flex flex-wrap items-start justify-between gap-x-4 gap-y-3",
        // The bar of a phone says the title already.
        children === undefined && action === undefined && "max-narrow:sr-only",
      )}
    >
      <div className="min-w-0">
        <h1 className="text-18 max-narrow:sr-only">{title}</h1>
        {children !== undefined && <p className="mt-1 text-ink-muted text-pretty max-narrow:mt-0">{children}</p>}
      </div>
      {action}
    </div>
  );
}

/** A group of settings under its name; lines part the groups. */
export function SettingsSection({
  title,
  help,
  aside,
  children,
  wide = false,
}: {
  title: string;
  help?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  /** For tables; forms stay narrow enough to read. */
  wide?: boolean;
}) {
  return (
    <section className="border-t border-line py-6 first-of-type:border-t-0 first-of-type:pt-0">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-2">
        <h2 className="text-15 font-medium">{title}</h2>
        {aside}
      </div>
      {help !== undefined && <p className="mt-1 max-w-read text-ink-muted text-pretty">{help}</p>}
      <div className={classNames("mt-4", !wide && "max-w-110")}>{children}</div>
    </section>
  );
}

/** Names and values in two columns, one under the other on a phone. */
export function Facts({ rows }: { rows: [name: string, value: ReactNode][] }) {
  return (
    <dl className="grid content-start grid-cols-[max-content_1fr] gap-x-8 gap-y-2 max-narrow:grid-cols-1 max-narrow:gap-y-0.5">
      {rows.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-muted">{name}</dt>
          <dd className="min-w-0 break-words max-narrow:mb-2">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

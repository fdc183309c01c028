import type { InputHTMLAttributes, ReactNode } from "react";
import { useId } from "react";
import { classNames } from "./class-names.ts";

interface RadioProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "type"> {
  /** Words beside the ring; without them give an `aria-label`. */
  label?: ReactNode;
  help?: ReactNode;
}

export function Radio({ label, help, className, ...rest }: RadioProps) {
  const id = useId();
  const ring = (
    <input
      id={id}
      type="radio"
      {...rest}
      className="press size-4 flex-none appearance-none rounded-full border border-line-control bg-raised checked:border-[1.5px] checked:border-accent checked:bg-[radial-gradient(circle,var(--accent)_4px,transparent_4.5px)] disabled:border-line disabled:bg-sunken"
    />
  );
  if (label === undefined) return ring;
  return (
    <label
      htmlFor={rest.id ?? id}
      className={classNames("flex items-start gap-2 coarse:min-h-11 coarse:items-center", className)}
    >
      <span className="flex h-5 items-center">{ring}</span>
      <span className="min-w-0">
        {label}
        {help !== undefined && <span className="block text-12 text-ink-muted">{help}</span>}
      </span>
    </label>
  );
}

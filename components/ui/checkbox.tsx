"use client";

import type { InputHTMLAttributes, ReactNode } from "react";
import { useId } from "react";
import { classNames } from "./class-names.ts";

interface CheckboxProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "type"> {
  /** Words beside the box; without them give an `aria-label`. */
  label?: ReactNode;
  help?: ReactNode;
  indeterminate?: boolean;
}

export function Checkbox({ label, help, indeterminate = false, className, ...rest }: CheckboxProps) {
  const id = useId();
  const box = (
    <span className="relative flex size-4 flex-none">
      <input
        id={id}
        type="checkbox"
        {...rest}
        ref={(input) => {
          if (input) input.indeterminate = indeterminate;
        }}
        className="press peer size-4 appearance-none rounded-small border border-line-control bg-raised checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent disabled:border-line disabled:bg-sunken"
      />
      <svg
        viewBox="0 0 16 16"
        fill="none"
        aria-hidden="true"
        className="pointer-events-none absolute inset-0 hidden stroke-accent-ink peer-checked:block peer-indeterminate:hidden"
      >
        <path d="m4.5 8.2 2.3 2.3 4.7-5" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      <svg
        viewBox="0 0 16 16"
        fill="none"
        aria-hidden="true"
        className="pointer-events-none absolute inset-0 hidden stroke-accent-ink peer-indeterminate:block"
      >
        <path d="M4.5 8h7" strokeWidth="1.8" strokeLinecap="round" />
      </svg>
    </span>
  );
  if (label === undefined) return box;
  return (
    <label
      htmlFor={rest.id ?? id}
      className={classNames("flex w-fit items-start gap-2 coarse:min-h-11 coarse:items-center", className)}
    >
      <span className="flex h-5 items-center">{box}</span>
      <span className="min-w-0">
        {label}
        {help !== undefined && <span className="block text-12 text-ink-muted">{help}</span>}
      </span>
    </label>
  );
}

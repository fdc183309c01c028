import { ChevronDown } from "lucide-react";
import type { Ref, SelectHTMLAttributes } from "react";
import { classNames } from "./class-names.ts";

interface SelectProps extends SelectHTMLAttributes<HTMLSelectElement> {
  options: { value: string; label: string; disabled?: boolean }[];
  ref?: Ref<HTMLSelectElement>;
}

/** The system's own list, which phones and screen readers know best, under a box of ours. */
export function Select({ options, className, ...rest }: SelectProps) {
  return (
    <span className={classNames("relative inline-flex", className)}>
      <select
        {...rest}
        className="press h-8 w-full appearance-none rounded border border-line-strong bg-raised ps-3 pe-8 font-medium text-ellipsis hover:bg-wash disabled:bg-sunken disabled:text-ink-faint coarse:min-h-11"
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown className="icon-small pointer-events-none absolute inset-y-0 end-2.5 my-auto text-ink-muted" />
    </span>
  );
}

import { useId } from "react";

/** A choice among few, all in sight. Arrow keys move, as in any group of radio buttons. */
export function Segmented<Value extends string>({
  label,
  value,
  options,
  onChange,
  disabled = false,
}: {
  label: string;
  value: Value;
  options: { value: Value; label: string }[];
  onChange: (value: Value) => void;
  disabled?: boolean;
}) {
  const name = useId();
  return (
    <fieldset className="flex w-fit max-w-full overflow-hidden rounded border border-line-strong bg-raised has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-offset-2 has-[:focus-visible]:outline-focus">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className="press flex min-h-8 items-center border-s border-line-strong px-3 text-center text-ink-muted first-of-type:border-s-0 hover:text-ink has-checked:bg-wash-strong has-checked:font-medium has-checked:text-ink coarse:min-h-11"
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            disabled={disabled}
            onChange={() => onChange(option.value)}
            className="sr-only"
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}

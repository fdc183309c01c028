import type { LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes, Ref } from "react";
import { classNames } from "./class-names.ts";

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "children" | "aria-label"> {
  icon: LucideIcon;
  /** The accessible name, and the tooltip. */
  label: string;
  /** Keys shown in the tooltip: `Ctrl+J`. */
  keys?: string;
  /** 14 px instead of 16. */
  small?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** A button of 28 px that is an icon alone. Only for actions whose icon everybody knows. */
export function IconButton({ icon: Icon, label, keys, small = false, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      data-tip={label}
      data-tip-keys={keys}
      className={classNames(
        "press inline-flex size-7 flex-none items-center justify-center rounded text-ink-muted",
        "hover:bg-wash hover:text-ink disabled:text-ink-faint disabled:hover:bg-transparent",
        "aria-expanded:bg-wash aria-expanded:text-ink",
        className,
      )}
    >
      <Icon className={small ? "icon-small" : undefined} />
    </button>
  );
}

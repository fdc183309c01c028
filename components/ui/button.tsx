import type { LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes, Ref } from "react";
import { classNames } from "./class-names.ts";

export type ButtonVariant = "filled" | "outline" | "danger" | "quiet" | "link" | "link-danger";
export type ButtonSize = "small" | "medium" | "large";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: ButtonVariant;
  size?: ButtonSize;
  icon?: LucideIcon;
  /** Shows the ring and takes no further presses; the words stay. */
  busy?: boolean;
  /** Why it cannot be pressed: it keeps its place in the tab order, and says so. */
  disabledReason?: string | undefined;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({
  variant = "outline",
  size = "medium",
  icon: Icon,
  busy = false,
  disabledReason,
  className,
  children,
  onClick,
  type = "button",
  ...rest
}: ButtonProps) {
  const off = busy || disabledReason !== undefined;
  return (
    <button
      type={type}
      {...rest}
      aria-busy={busy || undefined}
      aria-disabled={off || undefined}
      data-tip={disabledReason}
      className={classNames(buttonClass(variant, size), disabledReason !== undefined && "is-off", className)}
      onClick={off ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <BusyRing /> : Icon ? <Icon className={size === "small" ? "icon-small" : undefined} /> : null}
      {children}
    </button>
  );
}

/** The look of a button, for links that look like one. */
export function buttonClass(variant: ButtonVariant = "outline", size: ButtonSize = "medium"): string {
  return classNames(
    "press inline-flex items-center justify-center gap-2 rounded font-medium whitespace-nowrap select-none",
    "transition-colors duration-[120ms] ease-calm",
    variant === "link" || variant === "link-danger" ? "" : sizes[size],
    variants[variant],
  );
}

const sizes: Record<ButtonSize, string> = {
  small: "min-h-7 px-3 text-12",
  medium: "min-h-8 px-3 text-13",
  large: "min-h-10 px-4 text-13",
};

const off =
  "disabled:border-line disabled:bg-sunken disabled:text-ink-faint [&.is-off]:border-line [&.is-off]:bg-sunken [&.is-off]:text-ink-faint disabled:shadow-none";

const variants: Record<ButtonVariant, string> = {
  filled: classNames(
    "border border-transparent bg-accent text-accent-ink hover:bg-accent-hover active:bg-accent-hover",
    off,
  ),
  outline: classNames("border border-line-strong bg-raised text-ink hover:bg-wash", off),
  danger:
    "border border-transparent bg-danger-fill text-danger-ink hover:bg-danger-hover disabled:bg-danger-wash disabled:text-danger/60 disabled:hover:bg-danger-wash",
  quiet:
    "border border-transparent bg-transparent text-ink-muted hover:bg-wash hover:text-ink disabled:text-ink-faint disabled:hover:bg-transparent [&.is-off]:text-ink-faint",
  link: "text-accent hover:text-accent-hover underline-offset-2 hover:underline disabled:text-ink-faint",
  "link-danger": "text-danger underline-offset-2 hover:underline disabled:text-ink-faint",
};

/** The one loop beside the water of a running glyph; the words beside it say what is going on. */
export function BusyRing() {
  return (
    <svg viewBox="0 0 14 14" width="14" height="14" fill="none" aria-hidden="true" className="ring-busy flex-none">
      <path d="M7 1.25a5.75 5.75 0 1 0 5.75 5.75" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
    </svg>
  );
}

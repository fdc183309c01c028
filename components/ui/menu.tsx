"use client";

import { Check, type LucideIcon } from "lucide-react";
import {
  createContext,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type Ref,
  use,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { classNames } from "./class-names.ts";
import { Keys } from "./kbd.tsx";
import { type Align, placeBeside } from "./place-beside.ts";

/** What the trigger of a menu must spread on its button. */
export interface MenuTriggerProps {
  ref: Ref<HTMLButtonElement>;
  id: string;
  "aria-haspopup": "menu";
  "aria-expanded": boolean;
  "aria-controls": string | undefined;
  onClick: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

interface MenuProps {
  trigger: (props: MenuTriggerProps) => ReactElement;
  children: ReactNode;
  align?: Align;
  side?: "below" | "above";
  /** Wider than its words need, as the person menu. */
  className?: string;
  onOpenChange?: (open: boolean) => void;
}

/** A menu on the browser's popover: nothing of it exists until it opens, and it is never cut off by what scrolls. */
export function Menu({ trigger, children, align = "start", side = "below", className, onOpenChange }: MenuProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  const change = useCallback(
    (next: boolean) => {
      setOpen(next);
      onOpenChange?.(next);
    },
    [onOpenChange],
  );
  const close = useCallback(
    (refocus: boolean) => {
      change(false);
      if (refocus) button.current?.focus();
    },
    [change],
  );

  return (
    <>
      {trigger({
        ref: button,
        id: `${id}-button`,
        "aria-haspopup": "menu",
        "aria-expanded": open,
        "aria-controls": open ? id : undefined,
        onClick: () => change(!open),
        onKeyDown: (event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          change(true);
        },
      })}
      {open && (
        <MenuContext value={close}>
          <MenuList id={id} button={button} align={align} side={side} close={close} className={className}>
            {children}
          </MenuList>
        </MenuContext>
      )}
    </>
  );
}

const MenuContext = createContext<(refocus: boolean) => void>(() => {});

function MenuList({
  id,
  button,
  align,
  side,
  close,
  className,
  children,
}: {
  id: string;
  button: { current: HTMLButtonElement | null };
  align: Align;
  side: "below" | "above";
  close: (refocus: boolean) => void;
  className: string | undefined;
  children: ReactNode;
}) {
  const list = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: "", at: 0 });

  useLayoutEffect(() => {
    const element = list.current;
    if (!element || !button.current) return;
    element.showPopover();
    placeBeside(element, button.current, align, side);
    const chosen = element.querySelectorAll<HTMLElement>('[aria-checked="true"]');
    (chosen.length === 1 ? chosen[0] : items(element)[0])?.focus();
  }, [align, button, side]);

  useEffect(() => {
    function outside(event: Event) {
      const target = event.target as Node | null;
      if (!list.current?.contains(target) && !button.current?.contains(target)) close(false);
    }
    function moved(event: Event) {
      if (!list.current?.contains(event.target as Node | null)) close(false);
    }
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("scroll", moved, true);
    window.addEventListener("resize", moved);
    window.addEventListener("blur", moved);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      document.removeEventListener("scroll", moved, true);
      window.removeEventListener("resize", moved);
      window.removeEventListener("blur", moved);
    };
  }, [button, close]);

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    const all = items(event.currentTarget);
    const at = all.indexOf(document.activeElement as HTMLElement);
    const go = (index: number) => {
      event.preventDefault();
      all[(index + all.length) % all.length]?.focus();
    };
    if (event.key === "ArrowDown") return go(at + 1);
    if (event.key === "ArrowUp") return go(at <= 0 ? all.length - 1 : at - 1);
    if (event.key === "Home") return go(0);
    if (event.key === "End") return go(all.length - 1);
    if (event.key === "Escape") {
      // Prevented, or a dialog around the menu would close too.
      event.preventDefault();
      event.stopPropagation();
      return close(true);
    }
    if (event.key === "Tab") return close(true);
    if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const now = event.timeStamp;
      const text = (now - typed.current.at < 600 ? typed.current.text : "") + event.key.toLowerCase();
      typed.current = { text, at: now };
      const found = all.findIndex((item) => item.textContent.trim().toLowerCase().startsWith(text));
      if (found !== -1) go(found);
    }
  }

  return (
    <div
      ref={list}
      id={id}
      popover="manual"
      role="menu"
      tabIndex={-1}
      aria-labelledby={`${id}-button`}
      onKeyDown={onKeyDown}
      className={classNames(
        "float appear fixed inset-auto m-0 max-h-[min(80dvh,32rem)] min-w-48 text-start text-13 font-normal overflow-y-auto p-1",
        className,
      )}
    >
      {children}
    </div>
  );
}

interface ItemProps {
  icon?: LucideIcon | undefined;
  /** Shown at the right; the page itself listens for them. */
  keys?: string;
  /** A red label leads to destruction. */
  danger?: boolean;
  disabledReason?: string | undefined;
  onSelect: () => void;
  children: ReactNode;
}

export function MenuItem({ icon: Icon, keys, danger = false, disabledReason, onSelect, children }: ItemProps) {
  const close = use(MenuContext);
  const off = disabledReason !== undefined;
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      aria-disabled={off || undefined}
      title={disabledReason}
      onPointerMove={focusIt}
      onClick={() => {
        if (off) return;
        close(true);
        onSelect();
      }}
      className={classNames(itemClass, danger && "text-danger", off && "text-ink-faint")}
    >
      {Icon && <Icon className={danger ? "" : "text-ink-muted"} />}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {keys !== undefined && <Keys keys={keys} />}
    </button>
  );
}

/** A link in a menu; give it the element, so that the caller chooses the router's link. */
export function MenuLink({
  icon: Icon,
  render,
  children,
}: {
  icon?: LucideIcon;
  render: (props: {
    role: "menuitem";
    tabIndex: -1;
    className: string;
    onClick: () => void;
    onPointerMove: (event: { currentTarget: HTMLElement }) => void;
    children: ReactNode;
  }) => ReactElement;
  children: ReactNode;
}) {
  const close = use(MenuContext);
  return render({
    role: "menuitem",
    tabIndex: -1,
    className: itemClass,
    onClick: () => close(false),
    onPointerMove: focusIt,
    children: (
      <>
        {Icon && <Icon className="text-ink-muted" />}
        <span className="min-w-0 flex-1 truncate">{children}</span>
      </>
    ),
  });
}

/** One of several of which one is chosen. */
export function MenuRadioItem({
  checked,
  onSelect,
  hint,
  lang,
  children,
}: {
  checked: boolean;
  onSelect: () => void;
  hint?: ReactNode;
  lang?: string;
  children: ReactNode;
}) {
  const close = use(MenuContext);
  return (
    <button
      type="button"
      role="menuitemradio"
      aria-checked={checked}
      tabIndex={-1}
      lang={lang}
      onPointerMove={focusIt}
      onClick={() => {
        close(true);
        onSelect();
      }}
      className={itemClass}
    >
      <span className="flex w-4 flex-none">{checked && <Check className="text-accent" />}</span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {hint !== undefined && <span className="text-12 text-ink-muted">{hint}</span>}
    </button>
  );
}

/** A named group of items. */
export function MenuGroup({ label, children }: { label: string; children: ReactNode }) {
  const id = useId();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has no place among menu items.
    <div role="group" aria-labelledby={id}>
      <div id={id} className="px-2 pt-2 pb-1 text-12 text-ink-muted">
        {label}
      </div>
      {children}
    </div>
  );
}

export function MenuSeparator() {
  return <hr className="-mx-1 my-1 border-line" />;
}

const itemClass =
  "flex min-h-8 w-full items-center gap-3 rounded px-2 text-start outline-none focus:bg-wash-strong aria-[current=page]:font-medium coarse:min-h-11";

function focusIt(event: { currentTarget: HTMLElement }): void {
  if (document.activeElement !== event.currentTarget) event.currentTarget.focus({ preventScroll: true });
}

function items(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
}

"use client";

import { useEffect, useRef } from "react";

/**
 * One tooltip for the whole page: whatever carries `data-tip` shows it on hover and on keyboard focus, Escape puts it
 * away, and it stays while the pointer is on it. It is for eyes only: the control has its accessible name itself.
 */
export function TooltipLayer() {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => (ref.current ? listen(ref.current) : undefined), []);
  return (
    <div
      ref={ref}
      popover="manual"
      aria-hidden="true"
      className="float fixed m-0 max-w-72 px-2.5 py-1.5 text-12 text-balance [&:popover-open]:flex [&:popover-open]:items-center [&:popover-open]:gap-2"
    />
  );
}

const showAfterMs = 450;
const hideAfterMs = 120;

function listen(layer: HTMLDivElement): () => void {
  let owner: Element | null = null;
  let timer = 0;
  let shownAt = 0;

  function hide() {
    window.clearTimeout(timer);
    owner = null;
    if (layer.matches(":popover-open")) {
      layer.hidePopover();
      shownAt = performance.now();
    }
  }

  function show(target: Element) {
    const text = tipOf(target);
    if (text === null || text === "" || !target.isConnected || target.getAttribute("aria-expanded") === "true") return;
    owner = target;
    const words = document.createElement("span");
    words.textContent = text;
    const keys = target.getAttribute("data-tip-keys");
    const caps = document.createElement("span");
    caps.className = "text-ink-faint";
    caps.textContent = keys ?? "";
    layer.replaceChildren(words, ...(keys ? [caps] : []));
    if (!layer.matches(":popover-open")) layer.showPopover();
    place(layer, target);
  }

  function over(event: Event) {
    if (!(event.target instanceof Element) || layer.contains(event.target)) return window.clearTimeout(timer);
    const target = event.target.closest("[data-tip], [data-tip-folded]");
    if (target === owner && target !== null) return window.clearTimeout(timer);
    if (event instanceof PointerEvent && event.pointerType === "touch") return;
    window.clearTimeout(timer);
    if (target === null) {
      timer = window.setTimeout(hide, hideAfterMs);
      return;
    }
    const fresh = layer.matches(":popover-open") || performance.now() - shownAt < 300;
    timer = window.setTimeout(() => show(target), fresh ? 0 : showAfterMs);
  }

  function focus(event: FocusEvent) {
    const target = event.target instanceof Element ? event.target.closest("[data-tip], [data-tip-folded]") : null;
    window.clearTimeout(timer);
    if (target?.matches(":focus-visible")) show(target);
    else hide();
  }

  function key(event: KeyboardEvent) {
    if (event.key === "Escape") hide();
  }

  document.addEventListener("pointerover", over);
  document.addEventListener("pointerdown", hide, true);
  document.addEventListener("focusin", focus);
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", key, true);
  document.addEventListener("scroll", hide, true);
  return () => {
    hide();
    document.removeEventListener("pointerover", over);
    document.removeEventListener("pointerdown", hide, true);
    document.removeEventListener("focusin", focus);
    document.removeEventListener("focusout", hide);
    document.removeEventListener("keydown", key, true);
    document.removeEventListener("scroll", hide, true);
  };
}

/** `data-tip-folded` is for items of the left bar, whose words are out of sight only while it is folded. */
function tipOf(target: Element): string | null {
  const folded = target instanceof HTMLElement && target.offsetWidth <= 48;
  return target.getAttribute("data-tip") ?? (folded ? target.getAttribute("data-tip-folded") : null);
}

function place(layer: HTMLElement, target: Element): void {
  const at = target.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = layer;
  const above = at.bottom + 6 + height > window.innerHeight - 4;
  layer.style.top = `${above ? Math.max(4, at.top - 6 - height) : at.bottom + 6}px`;
  layer.style.left = `${Math.min(Math.max(4, at.left + at.width / 2 - width / 2), window.innerWidth - width - 4)}px`;
}

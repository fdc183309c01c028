"use client";

import { useCallback, useState } from "react";

/**
 * The reader owns the scroll. A growing text is followed until the reader scrolls away from its end; following begins
 * again when they come back to the end, press Latest, or send.
 */
export function useReaderScroll() {
  const [following, setFollowing] = useState(true);
  const [scroll] = useState(() => new ReaderScroll());
  const scroller = useCallback(
    (element: HTMLElement | null) => {
      if (element === null) return undefined;
      return scroll.start(element, setFollowing);
    },
    [scroll],
  );
  return { scroller, following, scroll };
}

export class ReaderScroll {
  #element: HTMLElement | null = null;
  #following = true;
  #tell: (following: boolean) => void = () => undefined;
  #lastTop = 0;
  #lastHeight = 0;
  #anchor: { element: HTMLElement; offset: number } | null = null;
  #restore = 0;

  start(element: HTMLElement, tell: (following: boolean) => void): () => void {
    this.#element = element;
    this.#tell = tell;
    // Until here the style sheet alone kept the end in sight.
    element.classList.remove("starts-at-end");
    this.#setFollowing(true);
    this.#stick();
    const grown = new ResizeObserver(() => {
      if (this.#following) this.#stick();
      else this.#remember();
    });
    grown.observe(element);
    for (const child of element.children) grown.observe(child);
    const abort = new AbortController();
    const { signal } = abort;
    element.addEventListener("scroll", () => this.#onScroll(), { signal, passive: true });
    // The wish to leave comes before the movement, which a growing text would undo at once.
    element.addEventListener("wheel", ({ deltaY }) => deltaY < 0 && this.#leave(), { signal, passive: true });
    element.addEventListener(
      "keydown",
      ({ key, target }) => {
        const typing = target instanceof Element && target.closest("textarea, input") !== null;
        if (!typing && ["ArrowUp", "PageUp", "Home"].includes(key)) this.#leave();
      },
      { signal },
    );
    let touchY = 0;
    element.addEventListener("touchstart", ({ touches }) => (touchY = touches[0]?.clientY ?? 0), {
      signal,
      passive: true,
    });
    element.addEventListener("touchmove", ({ touches }) => (touches[0]?.clientY ?? 0) > touchY + 4 && this.#leave(), {
      signal,
      passive: true,
    });
    return () => {
      grown.disconnect();
      abort.abort();
      this.#element = null;
    };
  }

  toEnd(): void {
    this.#setFollowing(true);
    this.#stick();
  }

  /** Shows an element in the upper third; nothing is followed from then on. */
  show(target: Element): void {
    const element = this.#element;
    if (element === null) return;
    this.#setFollowing(false);
    const top = target.getBoundingClientRect().top - element.getBoundingClientRect().top;
    element.scrollTop += top - element.clientHeight / 4;
    this.#remember();
  }

  /** Just before something is added above: notes what the reader looks at. */
  hold(): void {
    const element = this.#element;
    if (element === null || this.#following) return;
    const edge = element.getBoundingClientRect().top;
    for (const message of element.querySelectorAll<HTMLElement>("[data-message-id]")) {
      if (message.getBoundingClientRect().bottom <= edge) continue;
      this.#anchor = { element: message, offset: message.offsetTop };
      // The browser's own anchoring would move it a second time.
      this.#anchoring(false);
      return;
    }
  }

  /** After it was added: puts what they look at back in its place, however far they scrolled meanwhile. */
  release(): void {
    const element = this.#element;
    const anchor = this.#anchor;
    this.#anchor = null;
    if (element === null) return;
    if (this.#following) this.#stick();
    if (this.#following || anchor === null || !anchor.element.isConnected) return;
    const moved = anchor.element.offsetTop - anchor.offset;
    if (moved !== 0) element.scrollTop += moved;
    this.#remember();
    this.#anchoring(true);
  }

  #anchoring(on: boolean): void {
    window.clearTimeout(this.#restore);
    this.#element?.style.setProperty("overflow-anchor", on ? "auto" : "none");
    // Also where nothing was added after all.
    if (!on) this.#restore = window.setTimeout(() => this.#anchoring(true), 300);
  }

  #stick(): void {
    const element = this.#element;
    if (element === null) return;
    element.scrollTop = element.scrollHeight;
    this.#remember();
  }

  #remember(): void {
    if (this.#element === null) return;
    this.#lastTop = this.#element.scrollTop;
    this.#lastHeight = this.#element.scrollHeight;
  }

  #onScroll(): void {
    const element = this.#element;
    if (element === null) return;
    const { scrollTop } = element;
    // Our own movement comes back as an event too.
    if (this.#following && scrollTop === this.#lastTop) return;
    const { scrollHeight, clientHeight } = element;
    const atEnd = scrollHeight - clientHeight - scrollTop < 8;
    const up = scrollTop < this.#lastTop - 2 && scrollHeight >= this.#lastHeight;
    if (up && !atEnd) this.#setFollowing(false);
    else if (atEnd && scrollTop >= this.#lastTop) this.#setFollowing(true);
    this.#remember();
  }

  #leave(): void {
    const element = this.#element;
    if (element !== null && element.scrollHeight > element.clientHeight) this.#setFollowing(false);
  }

  #setFollowing(following: boolean): void {
    if (this.#following === following) return;
    this.#following = following;
    this.#tell(following);
  }
}

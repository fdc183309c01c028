"use client";

import { type KeyboardEvent, useRef } from "react";
import type { MeView } from "#lib/shared/people.ts";

interface Options {
  sendKey: MeView["sendKey"];
  onSend: () => void;
}

/** Handlers for a text box whose Enter may send. While an input method composes, Enter belongs to it. */
export function useEnterKey({ sendKey, onSend }: Options) {
  const composing = useRef(false);
  return {
    onCompositionStart: () => {
      composing.current = true;
    },
    onCompositionEnd: () => {
      composing.current = false;
    },
    // An input method that is left by a click elsewhere may never say that it ended.
    onBlur: () => {
      composing.current = false;
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (!sends(event.nativeEvent, { sendKey, touch: isTouch(), composing: composing.current })) return;
      event.preventDefault();
      onSend();
    },
  };
}

export interface KeyLike {
  key: string;
  keyCode: number;
  isComposing: boolean;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** Whether a key press sends. Ctrl or Command with Enter always does; on touch Enter alone breaks the line. */
export function sends(
  event: KeyLike,
  { sendKey, touch, composing }: { sendKey: MeView["sendKey"]; touch: boolean; composing: boolean },
): boolean {
  if (event.key !== "Enter") return false;
  // Safari ends the composition before the key press that confirmed it, which then carries 229.
  if (composing || event.isComposing || event.keyCode === 229) return false;
  if (event.shiftKey || event.altKey) return false;
  return event.ctrlKey || event.metaKey || (sendKey === "enter" && !touch);
}

/** No mouse and no trackpad: there is a keyboard on the screen, which has no Shift-Enter. */
export function isTouch(): boolean {
  return typeof matchMedia === "function" && matchMedia("(pointer: coarse) and (hover: none)").matches;
}

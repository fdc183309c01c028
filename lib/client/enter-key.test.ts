import { expect, test } from "vitest";
import { type KeyLike, sends } from "./enter-key.ts";

const enter: KeyLike = {
  key: "Enter",
  keyCode: 13,
  isComposing: false,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
};
const desk = { sendKey: "enter", touch: false, composing: false } as const;
const phone = { ...desk, touch: true } as const;
const careful = { ...desk, sendKey: "mod_enter" } as const;

test.each([
  ["Enter sends", enter, desk, true],
  ["Shift-Enter breaks the line", { ...enter, shiftKey: true }, desk, false],
  ["Alt-Enter breaks the line", { ...enter, altKey: true }, desk, false],
  ["Enter breaks the line where the person chose Ctrl-Enter", enter, careful, false],
  ["Ctrl-Enter sends", { ...enter, ctrlKey: true }, careful, true],
  ["Command-Enter sends", { ...enter, metaKey: true }, careful, true],
  ["Enter breaks the line on touch", enter, phone, false],
  ["Ctrl-Enter of a keyboard beside a touch screen sends", { ...enter, ctrlKey: true }, phone, true],
  ["another key does not send", { ...enter, key: "a", ctrlKey: true }, desk, false],
  ["Enter that confirms a candidate does not send", { ...enter, isComposing: true }, desk, false],
  ["Enter after Safari's early end does not send", { ...enter, keyCode: 229 }, desk, false],
  ["a key that the input method processes does not send", { ...enter, key: "Process", keyCode: 229 }, desk, false],
  ["Enter between start and end of a composition does not send", enter, { ...desk, composing: true }, false],
])("%s", (_, event, options, result) => {
  expect(sends(event, options)).toBe(result);
});

export type Align = "start" | "end";

/** Puts what floats under (or over) its trigger, on the other side where there is no room, and inside the window. */
export function placeBeside(element: HTMLElement, trigger: HTMLElement, align: Align, side: "below" | "above"): void {
  const gap = 4;
  const edge = 8;
  const at = trigger.getBoundingClientRect();
  element.style.minWidth = `${Math.min(at.width, 320)}px`;
  const { offsetWidth: width, offsetHeight: height } = element;
  const below = at.bottom + gap;
  const above = at.top - gap - height;
  const fitsBelow = below + height <= window.innerHeight - edge;
  const top = side === "above" ? (above >= edge ? above : below) : fitsBelow || above < edge ? below : above;
  const left = align === "end" ? at.right - width : at.left;
  element.style.top = `${Math.max(edge, Math.min(top, window.innerHeight - height - edge))}px`;
  element.style.left = `${Math.max(edge, Math.min(left, window.innerWidth - width - edge))}px`;
}

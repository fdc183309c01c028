"use client";

import { ExternalLink, Image as ImageIcon } from "lucide-react";
import { createContext, type MouseEvent, type ReactNode, use, useSyncExternalStore } from "react";
import { useText } from "#lib/client/text.tsx";

/** Opens the question whether to go there. Given by whoever shows the dialog. */
export const AskBeforeLeaving = createContext<(href: string) => void>(() => undefined);

/**
 * A link that text from outside brought. It opens nothing by itself: a click shows the host and asks. What is not a web
 * or mail address is text. An image is such a link with its description.
 */
export function ForeignLink({ href, image = false, children }: { href: string; image?: boolean; children: ReactNode }) {
  const t = useText();
  const ask = use(AskBeforeLeaving);
  const ready = useIsReady();
  const address = foreignAddress(href);
  const words = children ?? (image ? t("chat.link.image") : href);
  if (address === null) return words;
  function onPress(event: MouseEvent) {
    event.preventDefault();
    if (address !== null) ask(address);
  }
  return (
    <a
      // Before the page can ask, the link leads nowhere.
      href={ready ? address : undefined}
      rel="noreferrer noopener nofollow"
      target="_blank"
      data-foreign={image ? "image" : "link"}
      title={address}
      draggable={false}
      onClick={onPress}
      onAuxClick={onPress}
    >
      {image && <ImageIcon className="icon-small" aria-hidden="true" />}
      {words}
      <ExternalLink className="icon-small" role="img" aria-label={t("chat.link.opensOutside")} />
    </a>
  );
}

/** The whole address of a link that may be asked about: http, https or mailto. Everything else is null. */
export function foreignAddress(href: string): string | null {
  if (!/^(?:https?:\/\/|mailto:)/i.test(href.trim())) return null;
  try {
    return new URL(href.trim()).href;
  } catch {
    return null;
  }
}

function useIsReady(): boolean {
  return useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  );
}

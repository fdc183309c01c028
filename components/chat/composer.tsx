"use client";

import { ArrowUp, Paperclip } from "lucide-react";
import { type ClipboardEvent, lazy, type Ref, Suspense, useEffect, useRef, useState } from "react";
import { AgentPicker } from "#components/chat/agent-picker.tsx";
import { useSendKey } from "#components/chat/chat-person.tsx";
import { ComposerHints } from "#components/chat/composer-hints.tsx";
import { ComposerImages } from "#components/chat/composer-images.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import type { AgentChoice } from "#lib/client/agent-choice.ts";
import { addFiles, setDraftText } from "#lib/client/drafts.ts";
import { useEnterKey } from "#lib/client/enter-key.ts";
import { useText } from "#lib/client/text.tsx";
import { useDraft } from "#lib/client/use-draft.ts";
import { type FoundCredential, findCredentials } from "#lib/shared/chat/credentials.ts";
import type { AgentView, AttachmentView } from "#lib/shared/chat/types.ts";

const CredentialDialog = lazy(() =>
  import("#components/chat/credential-dialog.tsx").then(({ CredentialDialog: dialog }) => ({ default: dialog })),
);

interface ComposerProps {
  scope: string;
  agents: AgentView[];
  choice: AgentChoice | null;
  onChoose: (choice: AgentChoice) => void;
  placeholder: string;
  /** An answer runs: what is sent now waits behind it. */
  running: boolean;
  onStop: (() => void) | null;
  stopping: boolean;
  onSend: (text: string, attachments: AttachmentView[]) => void;
  textarea: Ref<HTMLTextAreaElement>;
}

const maxImages = 8;
const maxChars = 200_000;
const imageTypes = "image/png,image/jpeg,image/webp,image/gif";

/** Where a person writes. Nothing they type is lost, and Enter means what they chose. */
export function Composer(props: ComposerProps) {
  const { scope, agents, choice, onChoose, placeholder, running, onStop, stopping, onSend } = props;
  const t = useText();
  const draft = useDraft(scope);
  const sendKey = useSendKey();
  const files = useRef<HTMLInputElement>(null);
  const [note, setNote] = useState<string | null>(null);
  const [found, setFound] = useState<FoundCredential[]>([]);
  const { text, attachments } = draft;
  const filled = text.trim() !== "" || attachments.length > 0;

  function send(anyway: boolean) {
    if (!filled || choice === null) return;
    if (text.length > maxChars) return setNote(t("chat.composer.tooLong", { count: maxChars }));
    if (attachments.some(({ error }) => error !== null)) return setNote(t("chat.composer.uploadFailed"));
    if (attachments.some(({ view }) => view === null)) return setNote(t("chat.composer.uploading"));
    const credentials = anyway ? [] : findCredentials(text);
    setFound(credentials);
    if (credentials.length > 0) return;
    setNote(null);
    onSend(
      text,
      attachments.flatMap(({ view }) => view ?? []),
    );
  }

  function take(list: FileList | File[]) {
    const images = [...list].filter(({ type }) => imageTypes.split(",").includes(type));
    const room = maxImages - attachments.length;
    if (images.length < list.length) setNote(t("chat.composer.onlyImages"));
    else if (images.length > room) setNote(t("chat.composer.tooMany", { count: maxImages }));
    else setNote(null);
    if (images.length > 0 && room > 0) addFiles(scope, images.slice(0, room));
  }

  function onPaste(event: ClipboardEvent) {
    // Words are pasted by the browser, unchanged; a copied table has both words and a picture of itself.
    const { files: pasted } = event.clipboardData;
    if (pasted.length === 0 || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    take(pasted);
  }

  const enter = useEnterKey({ sendKey, onSend: () => send(false) });
  useStopOnEscape(onStop);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one of three ways, and the button is for everybody.
    <div
      className="relative"
      onDragOver={(event) => event.dataTransfer.types.includes("Files") && event.preventDefault()}
      onDrop={(event) => {
        if (event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        take(event.dataTransfer.files);
      }}
    >
      <div data-lit className="field-box flex flex-col">
        <ComposerImages scope={scope} attachments={attachments} />
        <textarea
          ref={props.textarea}
          name="message"
          dir="auto"
          rows={1}
          aria-label={t("chat.composer.label")}
          placeholder={placeholder}
          value={text}
          onChange={(event) => setDraftText(scope, event.target.value)}
          onPaste={onPaste}
          {...enter}
          className="composer-text"
        />
        <div className="flex items-center gap-1 px-2 pb-2">
          <IconButton
            icon={Paperclip}
            label={t("chat.composer.attach")}
            className="size-8"
            onClick={() => files.current?.click()}
          />
          <input
            ref={files}
            type="file"
            accept={imageTypes}
            multiple
            hidden
            onChange={(event) => {
              if (event.target.files !== null) take(event.target.files);
              event.target.value = "";
            }}
          />
          {choice !== null && <AgentPicker agents={agents} choice={choice} onChoose={onChoose} />}
          <span className="flex-1" />
          {onStop !== null && (
            <button
              type="button"
              onClick={onStop}
              disabled={stopping}
              className="press flex h-8 flex-none items-center gap-2 rounded border border-line-strong bg-raised px-3 font-medium hover:bg-wash disabled:text-ink-faint coarse:h-11"
            >
              <span aria-hidden="true" className="size-2.5 rounded-[2px] bg-current" />
              {stopping ? t("chat.composer.stopping") : t("chat.composer.stop")}
              <span aria-hidden="true" className="flex max-narrow:hidden">
                <Kbd>Esc</Kbd>
              </span>
            </button>
          )}
          <button
            type="button"
            aria-label={running ? t("chat.composer.queue") : t("chat.composer.send")}
            data-tip={running ? t("chat.composer.queue") : t("chat.composer.send")}
            disabled={!filled || choice === null}
            onClick={() => send(false)}
            className={classNames(
              "press flex size-8 flex-none items-center justify-center rounded coarse:size-11",
              "bg-accent text-accent-ink hover:bg-accent-hover disabled:bg-wash-strong disabled:text-ink-muted",
              onStop !== null && !filled && "max-narrow:hidden",
            )}
          >
            <ArrowUp />
          </button>
        </div>
      </div>
      <ComposerHints draft={draft} running={running} note={note} />
      {found.length > 0 && (
        <Suspense>
          <CredentialDialog
            found={found}
            onClose={() => setFound([])}
            onSend={() => {
              setFound([]);
              send(true);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

/** Escape stops the answer, unless it means something closer: a dialog, a menu, an input method. */
function useStopOnEscape(onStop: (() => void) | null): void {
  useEffect(() => {
    if (onStop === null) return;
    const stop = onStop;
    function onKeyDown(event: KeyboardEvent) {
      if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
      if (document.querySelector("dialog[open], [role=menu]") !== null) return;
      stop();
    }
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [onStop]);
}

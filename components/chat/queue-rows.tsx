"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Pencil, X } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { StateGlyph } from "#components/ui/state-glyph.tsx";
import { api, isApiError } from "#lib/client/api.ts";
import { keys, patchConversation } from "#lib/client/chat-queries.ts";
import { sends } from "#lib/client/enter-key.ts";
import { useText } from "#lib/client/text.tsx";
import { useConversationChange } from "#lib/client/use-chat.ts";
import type { QueuedMessageView } from "#lib/shared/chat/types.ts";

interface QueueProps {
  conversationId: string;
  queue: QueuedMessageView[];
  paused: boolean;
  /** One more that the server does not have yet. */
  queueing: { text: string; images: number } | null;
}

/** Messages that wait behind the running answer, on top of the composer. */
export function QueueRows({ conversationId, queue, paused, queueing }: QueueProps) {
  const t = useText();
  const change = useConversationChange();
  if (queue.length === 0 && queueing === null) return null;
  return (
    <section
      aria-label={t("chat.queue.label")}
      className="mx-2 max-h-40 overflow-y-auto rounded-t border border-b-0 border-line-strong bg-sunken"
    >
      {paused && (
        <div className="flex min-h-9 items-center gap-2 border-b border-line px-3 py-1">
          <StateGlyph state="attention" />
          <span className="min-w-0 flex-1">{t("chat.queue.paused")}</span>
          <Button
            size="small"
            onClick={() => void change(conversationId, { resumeQueue: true }).catch(() => undefined)}
          >
            {t("chat.queue.resume")}
          </Button>
        </div>
      )}
      <ol>
        {queue.map((item, index) => (
          <QueueRow key={item.id} conversationId={conversationId} item={item} first={index === 0} />
        ))}
        {queueing !== null && (
          <li className="flex min-h-9 items-center gap-3 px-3 text-ink-muted">
            <span className="w-9 flex-none text-12">
              {queue.length === 0 ? t("chat.queue.next") : t("chat.queue.after")}
            </span>
            <span className="min-w-0 flex-1 truncate">{queueing.text}</span>
          </li>
        )}
      </ol>
    </section>
  );
}

function QueueRow({
  conversationId,
  item,
  first,
}: {
  conversationId: string;
  item: QueuedMessageView;
  first: boolean;
}) {
  const t = useText();
  const client = useQueryClient();
  const [text, setText] = useState<string | null>(null);
  const [note, setNote] = useState<string | null>(null);

  const put = (change: (queue: QueuedMessageView[]) => QueuedMessageView[]) =>
    patchConversation(client, conversationId, (view) => ({ ...view, queue: change(view.queue) }));

  async function attempt(act: () => Promise<void>) {
    try {
      await act();
    } catch (error) {
      const code = isApiError(error) ? error.code : "internal";
      if (code === "version_conflict") setNote(t("chat.queue.changed"));
      else if (code === "not_found") setNote(t("chat.queue.gone"));
      else setNote(t(`errors.${code}.title`));
    } finally {
      void client.invalidateQueries({ queryKey: keys.conversation(conversationId) });
    }
  }

  function save() {
    if (text === null || text.trim() === "") return;
    const { id, version } = item;
    void attempt(async () => {
      const changed = await api<QueuedMessageView>(`/api/queue/${id}`, { method: "PATCH", body: { text, version } });
      put((queue) => queue.map((other) => (other.id === id ? changed : other)));
      setText(null);
      setNote(null);
    });
  }

  return (
    <li className="border-b border-line last:border-b-0">
      <div className="flex min-h-9 items-center gap-3 ps-3 pe-1.5">
        <span className="w-9 flex-none text-12 text-ink-muted">
          {first ? t("chat.queue.next") : t("chat.queue.after")}
        </span>
        {text === null ? (
          <span className="min-w-0 flex-1 truncate" data-queued-id={item.id}>
            {item.text}
            {item.attachments.length > 0 && (
              <span className="ms-2 text-12 text-ink-muted">
                {t("chat.queue.images", { count: item.attachments.length })}
              </span>
            )}
          </span>
        ) : (
          <Input
            autoFocus
            aria-label={t("chat.queue.edit")}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape") {
                event.stopPropagation();
                setText(null);
              } else if (sends(event.nativeEvent, { sendKey: "enter", touch: false, composing: false })) save();
            }}
            className="my-0.5 flex-1"
          />
        )}
        {text === null ? (
          <IconButton icon={Pencil} small label={t("chat.queue.edit")} onClick={() => setText(item.text)} />
        ) : (
          <Button size="small" disabled={text.trim() === ""} onClick={save}>
            {t("chat.queue.save")}
          </Button>
        )}
        <IconButton
          icon={X}
          small
          label={text === null ? t("chat.queue.remove") : t("common.cancel")}
          onClick={() => {
            if (text !== null) return setText(null);
            void attempt(async () => {
              await api(`/api/queue/${item.id}`, { method: "DELETE" });
              put((queue) => queue.filter(({ id }) => id !== item.id));
            });
            return undefined;
          }}
        />
      </div>
      {note !== null && (
        <p role="alert" className="px-3 pb-1.5 text-12 text-ink-muted">
          {note}
        </p>
      )}
    </li>
  );
}

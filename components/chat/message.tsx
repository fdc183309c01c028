"use client";

import { memo, useState } from "react";
import { AnswerState } from "#components/chat/answer-state.tsx";
import { EditMessage } from "#components/chat/edit-message.tsx";
import { Markdown } from "#components/chat/markdown/markdown.tsx";
import { AnswerMetrics, MessageActions } from "#components/chat/message-actions.tsx";
import { SentImages } from "#components/chat/sent-images.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { useText } from "#lib/client/text.tsx";
import { useLiveRun } from "#lib/client/use-chat.ts";
import type { LiveAnswer } from "#lib/shared/chat/reduce.ts";
import type { MessageView } from "#lib/shared/chat/types.ts";

/** What a person can do with a message. The object stays the same as long as nothing of it changes. */
export interface MessageDoings {
  retry: (message: MessageView) => void;
  goOn: (message: MessageView) => void;
  edit: (message: MessageView, text: string) => void;
  branch: (messageId: string) => void;
}

interface MessageProps {
  message: MessageView;
  /** The last one of the branch: only there can one go on. */
  last: boolean;
  /** Nothing can be changed now: an answer runs, or the conversation can only be read. */
  locked: boolean;
  agentName: string | null;
  /** Chosen by a search. */
  marked: boolean;
  sending?: boolean;
  doings: MessageDoings;
}

/** Memoised by hand: a thousand of them stand beside the one that grows. */
export const Message = memo(function Message(props: MessageProps) {
  return props.message.role === "user" ? <PersonMessage {...props} /> : <AnswerMessage {...props} />;
});

function PersonMessage({ message, locked, marked, sending = false, doings }: MessageProps) {
  const t = useText();
  const [editing, setEditing] = useState(false);
  return (
    <article
      data-role="user"
      data-message-id={message.id}
      data-state={sending ? "queued" : message.state}
      className={classNames("message message-user", marked && "is-marked")}
    >
      <h2 className="sr-only">{t("chat.you")}</h2>
      <SentImages attachments={message.attachments} />
      {editing ? (
        <EditMessage
          text={message.text}
          onCancel={() => setEditing(false)}
          onSend={(text) => {
            setEditing(false);
            doings.edit(message, text);
          }}
        />
      ) : (
        message.text !== "" && (
          <div dir="auto" data-text className="person-text">
            {message.text}
          </div>
        )
      )}
      {sending && <div className="message-actions" />}
      {!editing && !sending && (
        <MessageActions
          message={message}
          text={message.text}
          onEdit={locked ? undefined : () => setEditing(true)}
          onBranch={locked ? undefined : doings.branch}
        />
      )}
    </article>
  );
}

function AnswerMessage({ message, last, locked, agentName, marked, sending = false, doings }: MessageProps) {
  const t = useText();
  const live = useLiveRun(message.runId);
  // The stored message counts once it is over; until then what grows here is newer.
  const growing = message.endedAt === null && live !== undefined;
  const answer: LiveAnswer = growing ? live.answer : stored(message);
  const over = answer.endedAt !== null;
  const retry = locked || !over ? undefined : () => doings.retry(message);
  const goOn = locked || !over || !last ? undefined : () => doings.goOn(message);
  return (
    <article
      data-role="assistant"
      data-message-id={message.id}
      data-state={answer.state}
      aria-busy={!over || undefined}
      className={classNames("message message-answer", marked && "is-marked")}
    >
      <h2 className="sr-only">{agentName ?? message.agentId ?? t("chat.transcript")}</h2>
      {message.replayedWithoutImages && <p className="mb-3 text-12 text-ink-muted">{t("chat.state.replayed")}</p>}
      {answer.text !== "" && (
        <div dir="auto" data-text>
          <Markdown text={answer.text} growing={!over} />
        </div>
      )}
      <div className={classNames("answer-state", answer.text !== "" && "has-text")} data-no-copy>
        <AnswerState
          answer={answer}
          link={sending ? "following" : (live?.link ?? "resting")}
          since={live?.knownSince ?? null}
          onRetry={retry}
          onContinue={goOn}
        />
      </div>
      {over && (
        <div className="mt-2 flex min-h-7 flex-wrap items-center justify-between gap-x-4">
          <MessageActions
            message={message}
            text={answer.text}
            onRetry={retry}
            onBranch={locked ? undefined : doings.branch}
          />
          <AnswerMetrics agent={message.model ?? agentName ?? message.agentId} metrics={answer.metrics} />
        </div>
      )}
    </article>
  );
}

function stored(message: MessageView): LiveAnswer {
  const { text, state, problem, finishReason, metrics, endedAt } = message;
  return { text, state, problem, finishReason, metrics, endedAt, place: null, startedAt: null, silentSeconds: 0 };
}

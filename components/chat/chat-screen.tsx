"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { MessageSquareOff } from "lucide-react";
import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useMemo, useRef, useState } from "react";
import { Composer } from "#components/chat/composer.tsx";
import type { ConversationParts } from "#components/chat/conversation-parts.tsx";
import { preloadConversation } from "#components/chat/deferred-parts.tsx";
import { LoadingMessages } from "#components/chat/loading-messages.tsx";
import type { MessageDoings } from "#components/chat/message.tsx";
import { NewChatHead, NewChatTail } from "#components/chat/new-chat.tsx";
import { withOutgoing } from "#components/chat/shown-messages.ts";
import { PageBar } from "#components/layout/page-bar.tsx";
import { RequestFailure } from "#components/layout/request-failure.tsx";
import { Band } from "#components/ui/band.tsx";
import { buttonClass } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { Empty } from "#components/ui/empty.tsx";
import { type AgentChoice, useAgentChoice } from "#lib/client/agent-choice.ts";
import { type AgentsAnswer, agentsQuery, loadAround, loadEnd, loadOlder } from "#lib/client/chat-queries.ts";
import { isTouch } from "#lib/client/enter-key.ts";
import { scopeOf } from "#lib/client/outbox.ts";
import { useText } from "#lib/client/text.tsx";
import {
  isMissing,
  useChatActions,
  useConversation,
  useConversationChange,
  useLiveRun,
  useOutgoing,
} from "#lib/client/use-chat.ts";
import { useDraft } from "#lib/client/use-draft.ts";
import type { AttachmentView, ConversationView, MessageView } from "#lib/shared/chat/types.ts";

interface ChatScreenProps {
  /** What the server read with the page, so that the messages are there at once. */
  initial: ConversationView | null;
  initialAgents: AgentsAnswer | null;
  parts: ConversationParts;
}

/** One conversation, or the beginning of one. Which one stands in the address; going to another leaves the screen alone. */
export function ChatScreen(props: ChatScreenProps) {
  const pathname = usePathname();
  const pathId = pathname.startsWith("/c/") ? pathname.slice(3) : null;
  // The address follows a moment after the conversation began.
  const [started, setStarted] = useState<string | null>(null);
  if (pathId !== null && started !== null) setStarted(null);

  function onStarted(id: string) {
    nameTranscript(id);
    setStarted(id);
    window.history.replaceState(null, "", `/c/${id}`);
  }

  return <Conversation {...props} id={pathId ?? started} onStarted={onStarted} />;
}

function Conversation({
  id,
  initial,
  initialAgents,
  parts: { Announcer, NotSent, OtherDraft, QueueRows, TitleBar, Transcript },
  onStarted,
}: ChatScreenProps & { id: string | null; onStarted: (id: string) => void }) {
  const t = useText();
  const client = useQueryClient();
  const change = useConversationChange();
  const { view, error, isLoading, refetch } = useConversation(id, initial);
  const outgoing = useOutgoing(id);
  const scope = scopeOf(id);
  const draft = useDraft(scope);
  const { data: agentsAnswer } = useQuery({
    ...agentsQuery,
    ...(initialAgents === null ? {} : { initialData: initialAgents }),
  });
  const agents = agentsAnswer?.agents ?? [];
  const { choice, choose } = useAgentChoice(scope, view?.conversation.agentId ?? null, agents);
  const [sent, setSent] = useState(0);
  const textarea = useRef<HTMLTextAreaElement>(null);
  const actions = useChatActions(id, onStarted);

  const activeRunId = view?.activeRunId ?? null;
  const live = useLiveRun(activeRunId);
  const running = activeRunId !== null && live?.answer.endedAt == null;
  const [stoppingRun, setStoppingRun] = useState<string | null>(null);
  const readOnly = view?.conversation.readOnly === true;
  const locked = readOnly || running || (outgoing !== null && outgoing.failure === null);
  const shown = withOutgoing(view, outgoing);
  const jump = useJump(id);

  useTitle(id === null ? t("chat.newChat") : view?.conversation.title);
  // A person who comes to a conversation mostly comes to write; on touch the keyboard would cover it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows the conversation.
  useEffect(() => {
    if (!isTouch() && document.querySelector("dialog[open]") === null) textarea.current?.focus({ preventScroll: true });
  }, [id]);

  // Whoever begins to write will send.
  const writing = draft.text !== "";
  useEffect(() => {
    if (writing) preloadConversation();
  }, [writing]);

  const latest = useRef({ actions, choice, agents, change, id });
  useEffect(() => {
    latest.current = { actions, choice, agents, change, id };
  });
  // The same object for ever, so that a thousand messages need not be looked at again.
  const doings = useMemo((): MessageDoings => {
    const agentOf = (message: MessageView) => {
      const { agents: offered, choice: chosen } = latest.current;
      const known = offered.find((agent) => agent.id === message.agentId);
      if (known === undefined) return chosen;
      const model = message.model !== null && known.models.includes(message.model) ? message.model : null;
      return { agentId: known.id, model };
    };
    const act = (message: MessageView, intent: Parameters<typeof actions.act>[0], attachments?: AttachmentView[]) => {
      const agent = intent.kind === "edit" ? latest.current.choice : agentOf(message);
      if (agent === null) return;
      setSent((count) => count + 1);
      latest.current.actions.act(intent, agent, attachments);
    };
    return {
      retry: (message) => act(message, { kind: "regenerate", messageId: message.id }),
      goOn: (message) => act(message, { kind: "continue", messageId: message.id }),
      edit: (message, text) =>
        act(
          message,
          { kind: "edit", messageId: message.id, text, attachmentIds: message.attachments.map((image) => image.id) },
          message.attachments,
        ),
      branch: (leafMessageId) => {
        const { id: here, change: apply } = latest.current;
        if (here !== null) void apply(here, { leafMessageId }).catch(() => undefined);
      },
    };
  }, []);
  const agentName = useMemo(
    () => (agentId: string | null) => agents.find((agent) => agent.id === agentId)?.name ?? agentId,
    [agents],
  );

  function send(text: string, attachments: AttachmentView[], agent: AgentChoice | null = choice) {
    if (agent === null) return;
    setSent(sent + 1);
    actions.sendMessage({ text, attachments, ...agent, parentId: view?.messages.at(-1)?.id ?? null });
  }

  if (id !== null && view === undefined && isMissing(error)) return <Missing />;
  const failed = outgoing?.failure ? outgoing : null;
  const fresh = id === null && shown.messages.length === 0;
  return (
    <>
      {view === undefined ? <PageBar /> : <TitleBar conversation={view.conversation} />}
      <div className={classNames("flex min-h-0 flex-1 flex-col", fresh && "overflow-y-auto")}>
        {fresh ? (
          <div className="composer-column pt-[max(2rem,12dvh)] max-narrow:pt-8">
            <NewChatHead />
          </div>
        ) : view === undefined && id !== null ? (
          isLoading && error === null ? (
            <LoadingMessages />
          ) : (
            <div className="composer-column flex-1 pt-6">
              <RequestFailure error={error} onRetry={() => void refetch()} />
            </div>
          )
        ) : (
          <Transcript
            key={transcriptKey(id)}
            shown={shown}
            hasOlder={view?.hasOlder === true}
            hasNewer={view?.hasNewer === true}
            locked={locked}
            agentName={agentName}
            doings={doings}
            jump={jump}
            sent={sent}
            onOlder={() => (id === null ? Promise.resolve() : loadOlder(client, id))}
            onEnd={() => (id === null ? Promise.resolve() : loadEnd(client, id))}
          />
        )}
        <div className="composer-column flex-none pb-1 max-narrow:pb-2">
          {readOnly ? (
            <div className="pb-4">
              <Band>{t("chat.readOnly")}</Band>
            </div>
          ) : (
            <>
              {failed !== null && (
                <NotSent outgoing={failed} onRetry={actions.retrySend} onDiscard={actions.discardSend} />
              )}
              {draft.other !== null && <OtherDraft scope={scope} draft={draft} />}
              {id !== null && (
                <QueueRows
                  conversationId={id}
                  queue={view?.queue ?? []}
                  paused={view?.queuePaused === true}
                  queueing={shown.queueing}
                />
              )}
              <Composer
                scope={scope}
                agents={agents}
                choice={choice}
                onChoose={choose}
                placeholder={
                  fresh && choice !== null
                    ? t("chat.composer.placeholderNew", { agent: agentName(choice.agentId) ?? "" })
                    : t("chat.composer.placeholder")
                }
                running={running}
                stopping={stoppingRun !== null && stoppingRun === activeRunId}
                onStop={
                  running && activeRunId !== null
                    ? () => {
                        setStoppingRun(activeRunId);
                        actions.stop(activeRunId).catch(() => setStoppingRun(null));
                      }
                    : null
                }
                onSend={send}
                textarea={textarea}
              />
            </>
          )}
        </div>
        {fresh && (
          <div className="composer-column">
            <NewChatTail
              answer={agentsAnswer}
              choice={choice}
              onChoose={choose}
              onTry={(text, agentId) => {
                choose({ agentId, model: null });
                send(text, [], { agentId, model: null });
              }}
            />
          </div>
        )}
      </div>
      {id !== null && <Announcer conversationId={id} runId={running ? activeRunId : null} />}
    </>
  );
}

/** A transcript that began as a new chat stays the same one when it gets its address. */
function transcriptKey(id: string | null): string {
  return id === null ? `new-${begun}` : (begunAs.get(id) ?? id);
}

function nameTranscript(id: string): void {
  begunAs.set(id, `new-${begun}`);
  begun += 1;
}

let begun = 0;
const begunAs = new Map<string, string>();

function Missing() {
  const t = useText();
  return (
    <>
      <PageBar />
      <div className="flex flex-1 items-center justify-center p-6 pb-24">
        <Empty
          level={1}
          icon={MessageSquareOff}
          title={t("chat.missing.title")}
          action={
            <Link href="/" className={buttonClass("filled")}>
              {t("chat.missing.action")}
            </Link>
          }
        >
          {t("chat.missing.text")}
        </Empty>
      </div>
    </>
  );
}

/** A search leads to a message: `?m=<id>&q=<words>`. It is brought here if it is not. */
function useJump(id: string | null): { messageId: string; words: string } | null {
  const client = useQueryClient();
  const search = useSearchParams();
  const messageId = search.get("m");
  const words = search.get("q") ?? "";
  useEffect(() => {
    if (id !== null && messageId !== null) void loadAround(client, id, messageId).catch(() => undefined);
  }, [client, id, messageId]);
  return useMemo(() => (messageId === null ? null : { messageId, words }), [messageId, words]);
}

function useTitle(title: string | undefined): void {
  const t = useText();
  const app = t("common.appName");
  useEffect(() => {
    document.title = title === undefined ? app : `${title} · ${app}`;
  }, [title, app]);
}

"use client";

import { CornerDownLeft } from "lucide-react";
import Link from "next/link";
import { useChatPerson } from "#components/chat/chat-person.tsx";
import { buttonClass } from "#components/ui/button.tsx";
import { Radio } from "#components/ui/radio.tsx";
import { StateGlyph } from "#components/ui/state-glyph.tsx";
import type { AgentChoice } from "#lib/client/agent-choice.ts";
import type { AgentsAnswer } from "#lib/client/chat-queries.ts";
import { useText } from "#lib/client/text.tsx";

/** Over the composer of a new chat. */
export function NewChatHead() {
  const t = useText();
  const { sandbox } = useChatPerson();
  return (
    <div className="pb-5">
      <h1 className="text-24">{t("chat.newChat")}</h1>
      <p className="mt-1 text-15 text-ink-muted">{sandbox ? t("chat.leadSandbox") : t("chat.lead")}</p>
    </div>
  );
}

/** Under it: who can be asked, and what one might ask. */
export function NewChatTail({
  answer,
  choice,
  onChoose,
  onTry,
}: {
  answer: AgentsAnswer | undefined;
  choice: AgentChoice | null;
  onChoose: (choice: AgentChoice) => void;
  onTry: (text: string, agentId: string) => void;
}) {
  const t = useText();
  const { sandbox } = useChatPerson();
  if (answer !== undefined && answer.agents.length === 0) return <NoAgents answer={answer} />;
  const offered = tries.filter(([, agentId]) => answer?.agents.some(({ id }) => id === agentId));
  return (
    <>
      <fieldset className="mt-6">
        <legend className="pb-1.5 text-12 text-ink-muted">{t("chat.answersFrom")}</legend>
        <div className="border-t border-line">
          {(answer?.agents ?? []).map((agent) => (
            // biome-ignore lint/a11y/noLabelWithoutControl: the ring inside is an input with a name of its own.
            <label
              key={agent.id}
              className="press flex min-h-11 items-center gap-3 border-b border-line py-1.5 hover:bg-wash/50"
            >
              <Radio
                name="agent"
                checked={agent.id === choice?.agentId}
                onChange={() => onChoose({ agentId: agent.id, model: null })}
                aria-label={agent.name}
              />
              <span className="w-44 flex-none truncate font-medium max-narrow:w-32">{agent.name}</span>
              <span className="min-w-0 flex-1 text-ink-muted">
                {agent.description === "" && sandbox && isSandboxAgent(agent.id)
                  ? t(`chat.sandboxAgents.${agent.id}`)
                  : agent.description}
              </span>
              <span className="flex-none text-12 text-ink-muted max-narrow:hidden">
                {sandbox ? t("chat.upstream.openclawSandbox") : t("chat.upstream.openclaw")}
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      {sandbox && offered.length > 0 && (
        <section aria-labelledby="try-title" className="mt-6 pb-10">
          <h2 id="try-title" className="pb-1.5 text-12 font-normal text-ink-muted">
            {t("chat.try")}
          </h2>
          <ul className="border-t border-line">
            {offered.map(([name, agentId]) => (
              <li key={name} className="border-b border-line">
                <button
                  type="button"
                  onClick={() => onTry(t(`chat.tries.${name}`), agentId)}
                  className="press flex min-h-10 w-full items-center gap-3 py-1.5 text-start hover:bg-wash/50"
                >
                  <span dir="auto" className="min-w-0 flex-1">
                    {t(`chat.tries.${name}`)}
                  </span>
                  <CornerDownLeft className="icon-small text-ink-muted" />
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

const tries = [
  ["explain", "harbour-guide"],
  ["rich", "typesetter"],
  ["long", "longhand"],
  ["tools", "toolsmith"],
] as const;

const sandboxAgents = ["harbour-guide", "typesetter", "longhand", "toolsmith"] as const;

function isSandboxAgent(id: string): id is (typeof sandboxAgents)[number] {
  return sandboxAgents.some((agent) => agent === id);
}

function NoAgents({ answer: { problem } }: { answer: AgentsAnswer }) {
  const t = useText();
  const admin = useChatPerson().me.role === "admin";
  return (
    <section className="mt-6 max-w-110">
      <div className="flex items-center gap-2">
        <StateGlyph state={problem === null ? "unknown" : "failed"} />
        <h2 className="text-15 font-medium">
          {problem === null ? t("chat.noAgents.title") : t(`errors.${problem.code}.title`)}
        </h2>
      </div>
      <p className="mt-1 text-ink-muted">
        {problem === null ? t("chat.noAgents.text") : t(`errors.${problem.code}.next`)}{" "}
        {!admin && t("chat.noAgents.asked")}
      </p>
      {admin && (
        <Link href="/settings/connections" className={`${buttonClass("outline")} mt-4`}>
          {t("chat.noAgents.action")}
        </Link>
      )}
    </section>
  );
}

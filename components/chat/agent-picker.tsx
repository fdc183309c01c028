"use client";

import { ChevronDown } from "lucide-react";
import { useChatPerson } from "#components/chat/chat-person.tsx";
import { useStatus } from "#components/layout/status-dots.tsx";
import { Menu, MenuGroup, MenuRadioItem } from "#components/ui/menu.tsx";
import { UpstreamDot } from "#components/ui/upstream-dot.tsx";
import type { AgentChoice } from "#lib/client/agent-choice.ts";
import { useText } from "#lib/client/text.tsx";
import type { AgentView } from "#lib/shared/chat/types.ts";

/** Who answers: dot, name, upstream; with a choice of model where an admin offers one. */
export function AgentPicker({
  agents,
  choice,
  onChoose,
}: {
  agents: AgentView[];
  choice: AgentChoice;
  onChoose: (choice: AgentChoice) => void;
}) {
  const t = useText();
  const { sandbox } = useChatPerson();
  const { data: status, isError } = useStatus();
  const agent = agents.find(({ id }) => id === choice.agentId);
  const name = agent?.name ?? choice.agentId;
  const state = isError ? "unknown" : (status?.upstreams.find(({ id }) => id === "openclaw")?.state ?? "unknown");
  return (
    <Menu
      side="above"
      className="w-72"
      trigger={(props) => (
        <button
          type="button"
          {...props}
          data-tip={t("chat.composer.agent", { agent: name })}
          className="press flex h-8 min-w-0 items-center gap-2 rounded px-2 text-13 hover:bg-wash aria-expanded:bg-wash"
        >
          <UpstreamDot state={state === "sandbox" ? "served" : state} />
          <span className="min-w-0 truncate font-medium">{name}</span>
          <span className="truncate text-ink-muted max-narrow:hidden">
            {choice.model ?? (sandbox ? t("chat.upstream.openclawSandbox") : t("chat.upstream.openclaw"))}
          </span>
          <ChevronDown className="icon-small text-ink-muted" />
        </button>
      )}
    >
      <MenuGroup label={t("chat.composer.agents")}>
        {agents.map(({ id, name: label }) => (
          <MenuRadioItem
            key={id}
            checked={id === choice.agentId}
            onSelect={() => onChoose({ agentId: id, model: id === choice.agentId ? choice.model : null })}
          >
            {label}
          </MenuRadioItem>
        ))}
      </MenuGroup>
      {agent !== undefined && agent.models.length > 0 && (
        <MenuGroup label={t("chat.composer.models")}>
          {[null, ...agent.models].map((model) => (
            <MenuRadioItem
              key={model ?? ""}
              checked={model === choice.model}
              onSelect={() => onChoose({ agentId: agent.id, model })}
            >
              {model ?? t("chat.composer.defaultModel")}
            </MenuRadioItem>
          ))}
        </MenuGroup>
      )}
    </Menu>
  );
}

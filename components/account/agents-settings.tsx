"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bot, ChevronDown, ChevronUp, Pencil } from "lucide-react";
import { useState } from "react";
import { AgentDrawer } from "#components/account/agent-drawer.tsx";
import { SettingsSection } from "#components/account/settings-section.tsx";
import { RequestFailure } from "#components/layout/request-failure.tsx";
import { Band } from "#components/ui/band.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { type Column, DataTable } from "#components/ui/table.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { api } from "#lib/client/api.ts";
import { useText } from "#lib/client/text.tsx";
import type { AgentSetting, AgentSettingsView } from "#lib/shared/connections.ts";

type AgentRow = AgentSettingsView["agents"][number];

const key = ["agent-settings"] as const;

/** The agents of the gateway: what people see of them, in which order, and who may use which. */
export function AgentsSettings() {
  const t = useText();
  const queries = useQueryClient();
  const [editing, setEditing] = useState<AgentRow | null>(null);
  const settings = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api<AgentSettingsView>("/api/connections/agents", { signal }),
  });
  const save = useMutation({
    mutationFn: ({ agents }: { agents: AgentRow[]; said: string }) =>
      api<AgentSettingsView>("/api/connections/agents", { method: "PUT", body: { agents: agents.map(withoutListed) } }),
    onSuccess(view, { said }) {
      queries.setQueryData(key, view);
      void queries.invalidateQueries({ queryKey: ["agents"] });
      setEditing(null);
      showToast({ text: said });
    },
  });
  const agents = save.isPending ? save.variables.agents : (settings.data?.agents ?? []);

  function move(agent: AgentRow, by: -1 | 1) {
    const at = agents.indexOf(agent);
    const next = agents.toSpliced(at, 1).toSpliced(at + by, 0, agent);
    save.mutate({ agents: next, said: t("connections.agentsPage.moved") });
  }

  const nameOf = (agent: AgentRow) => agent.name ?? agent.id;
  const columns: Column<AgentRow>[] = [
    {
      key: "name",
      head: t("connections.agentsPage.name"),
      phone: "name",
      className: "max-w-80",
      cell: (agent) => (
        <div className="min-w-0">
          <div className="flex items-center gap-2">
            <span className="truncate font-medium">{nameOf(agent)}</span>
            {agent.hidden && <Tag>{t("connections.agentsPage.hidden")}</Tag>}
            {!agent.listed && <Tag>{t("connections.agentsPage.notListed")}</Tag>}
          </div>
          <div className="truncate text-12 text-ink-muted">
            {agent.name !== null && <span className="me-2 font-mono text-ink-faint">{agent.id}</span>}
            {agent.description}
          </div>
        </div>
      ),
    },
    {
      key: "who",
      head: t("connections.agentsPage.who"),
      cell: (agent) =>
        !agent.restricted
          ? t("connections.agentsPage.everybody")
          : agent.personIds.length === 0
            ? t("connections.agentsPage.nobody")
            : t("connections.agentsPage.people", { count: agent.personIds.length }),
    },
    {
      key: "models",
      head: t("connections.agentsPage.models"),
      className: "max-w-60",
      cell: (agent) =>
        agent.models.length === 0 ? (
          <span className="text-ink-faint">{t("connections.agentsPage.noChoice")}</span>
        ) : (
          <span className="block truncate font-mono text-12" title={agent.models.join(", ")}>
            {agent.models.join(", ")}
          </span>
        ),
    },
    {
      key: "actions",
      head: "",
      headLabel: t("common.moreActions"),
      align: "end",
      phone: "action",
      cell: (agent) => (
        <span className="inline-flex">
          <IconButton
            small
            icon={ChevronUp}
            label={t("connections.agentsPage.up", { name: nameOf(agent) })}
            disabled={save.isPending || agent === agents[0]}
            onClick={() => move(agent, -1)}
          />
          <IconButton
            small
            icon={ChevronDown}
            label={t("connections.agentsPage.down", { name: nameOf(agent) })}
            disabled={save.isPending || agent === agents.at(-1)}
            onClick={() => move(agent, 1)}
          />
          <IconButton
            small
            icon={Pencil}
            label={t("connections.agentsPage.edit", { name: nameOf(agent) })}
            onClick={() => {
              save.reset();
              setEditing(agent);
            }}
          />
        </span>
      ),
    },
  ];

  return (
    <SettingsSection wide title={t("connections.agentsPage.title")} help={t("connections.agentsPage.text")}>
      <div className="grid gap-4">
        {settings.isError && <RequestFailure error={settings.error} onRetry={() => void settings.refetch()} />}
        {save.isError && editing === null && <RequestFailure error={save.error} />}
        {settings.data?.problem && <Band>{t("connections.agentsPage.problem")}</Band>}
        {settings.isPending && <SkeletonRows rows={3} label={t("common.loading")} />}
        {settings.data !== undefined &&
          (agents.length === 0 && settings.data.problem === null ? (
            <Empty icon={Bot} title={t("connections.agentsPage.empty")}>
              {t("connections.agentsPage.emptyText")}
            </Empty>
          ) : (
            agents.length > 0 && (
              <DataTable
                label={t("connections.agentsPage.title")}
                columns={columns}
                rows={agents}
                rowKey={(agent) => agent.id}
              />
            )
          ))}
      </div>
      {editing !== null && (
        <AgentDrawer
          agent={editing}
          busy={save.isPending}
          error={save.error}
          onClose={() => setEditing(null)}
          onSave={(changed) =>
            save.mutate({
              agents: agents.map((agent) => (agent.id === changed.id ? { ...agent, ...changed } : agent)),
              said: t("connections.agentsPage.saved", { name: changed.name ?? changed.id }),
            })
          }
        />
      )}
    </SettingsSection>
  );
}

function withoutListed({ id, name, description, hidden, restricted, personIds, models }: AgentRow): AgentSetting {
  return { id, name, description, hidden, restricted, personIds, models };
}

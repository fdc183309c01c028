"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { AgentsSettings } from "#components/account/agents-settings.tsx";
import { GatewayDrawer } from "#components/account/gateway-drawer.tsx";
import { GatewayFacts } from "#components/account/gateway-facts.tsx";
import { ProbeFindings } from "#components/account/probe-findings.tsx";
import { RequestFailure } from "#components/layout/request-failure.tsx";
import { Button } from "#components/ui/button.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { UpstreamDot } from "#components/ui/upstream-dot.tsx";
import { api } from "#lib/client/api.ts";
import { useFormat } from "#lib/client/format.ts";
import { useText } from "#lib/client/text.tsx";
import type { ConnectionsView, ProbeReport } from "#lib/shared/connections.ts";
import type { MeView } from "#lib/shared/people.ts";

const key = ["connections"] as const;

/** The gateway: what is set and where, what a probe found, and the agents behind it. */
export function ConnectionsSettings({ me }: { me: MeView }) {
  const t = useText();
  const queries = useQueryClient();
  const connections = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api<ConnectionsView>("/api/connections", { signal }),
  });
  const probe = useMutation({
    mutationFn: () => api<ProbeReport>("/api/connections/openclaw/probe", { method: "POST" }),
    onSuccess(report) {
      queries.setQueryData<ConnectionsView>(key, (held) => held && { ...held, probe: report });
      void queries.invalidateQueries({ queryKey: ["status"] });
      void queries.invalidateQueries({ queryKey: ["agent-settings"] });
    },
  });
  const [editing, setEditing] = useState(false);
  const { data } = connections;
  // The first visit after a start finds nothing known, so it asks by itself; a probe spends no model call.
  const first = useQuery({
    queryKey: ["connections", "first-probe"],
    enabled: data?.probe === null,
    queryFn: () => probe.mutateAsync(),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const probing = probe.isPending || first.isFetching;

  return (
    <>
      {connections.isError && (
        <div className="mb-6">
          <RequestFailure error={connections.error} onRetry={() => void connections.refetch()} />
        </div>
      )}
      {connections.isPending && <SkeletonRows rows={3} label={t("common.loading")} />}
      {data !== undefined && (
        <>
          <section aria-labelledby="gateway-title" className="border-b border-line pb-5">
            <GatewayHead view={data} probing={probing} onProbe={() => probe.mutate()} onEdit={() => setEditing(true)} />
            <div className="mt-3 grid gap-6 medium:grid-cols-[minmax(18rem,23rem)_1fr] medium:ps-4">
              <GatewayFacts view={data} />
              <div className="min-w-0 border-line medium:border-s medium:ps-6">
                {probe.isError && <RequestFailure error={probe.error} onRetry={() => probe.mutate()} />}
                {(data.probe !== null || !probe.isError) && <ProbeFindings report={data.probe} probing={probing} />}
              </div>
            </div>
          </section>
          <p className="py-4 text-ink-muted text-pretty">
            {data.sandbox
              ? data.forced
                ? t("connections.sandboxForced")
                : t("connections.sandboxOn")
              : data.openclaw.url.value !== null && t("connections.sandboxOff")}
          </p>
          <section aria-labelledby="isolation-title" className="border-t border-line py-6">
            <h2 id="isolation-title" className="text-15 font-medium">
              {t("connections.isolationTitle")}
            </h2>
            <p className="mt-1 max-w-read text-ink-muted text-pretty">{t("connections.isolation")}</p>
          </section>
          <AgentsSettings />
        </>
      )}
      {editing && data !== undefined && (
        <GatewayDrawer
          view={data}
          me={me}
          onClose={() => setEditing(false)}
          onSaved={(next) => {
            setEditing(false);
            queries.setQueryData(key, next);
            probe.mutate();
          }}
        />
      )}
    </>
  );
}

function GatewayHead({
  view,
  probing,
  onProbe,
  onEdit,
}: {
  view: ConnectionsView;
  probing: boolean;
  onProbe: () => void;
  onEdit: () => void;
}) {
  const t = useText();
  const format = useFormat();
  const { probe, sandbox } = view;
  const state = sandbox && probe?.state !== "not_reached" ? "sandbox" : (probe?.state ?? "unknown");
  const ms = probe?.findings.find(({ code }) => code === "reached")?.facts["ms"];
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-2">
      <UpstreamDot state={state} />
      <h2 id="gateway-title" className="text-15 font-medium">
        {t("connections.gateway")}
      </h2>
      <span className="text-ink-muted">
        {state === "served" && ms !== undefined ? t("connections.answersIn", { ms }) : t(`connections.states.${state}`)}
      </span>
      <span className="ms-auto flex items-center gap-2">
        {probe !== null && (
          <span className="text-12 text-ink-muted tabular-nums max-narrow:hidden" title={format.full(probe.at)}>
            {t("connections.probed", { time: format.clock(probe.at) })}
          </span>
        )}
        <Button size="small" busy={probing} onClick={onProbe}>
          {probing ? t("connections.probing") : t("connections.probeAgain")}
        </Button>
        <Button size="small" onClick={onEdit}>
          {sandbox ? t("connections.connect") : t("connections.edit")}
        </Button>
      </span>
    </div>
  );
}

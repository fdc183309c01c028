"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { ListChecks, RefreshCw } from "lucide-react";
import { useId, useState } from "react";
import { RequestFailure } from "#components/layout/request-failure.tsx";
import { Button } from "#components/ui/button.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { type Glyph, StateGlyph } from "#components/ui/state-glyph.tsx";
import { type Column, DataTable } from "#components/ui/table.tsx";
import { api } from "#lib/client/api.ts";
import { useFormat } from "#lib/client/format.ts";
import { useText } from "#lib/client/text.tsx";
import type { AuditView } from "#lib/shared/people.ts";

const glyphOf: Record<AuditView["outcome"], Glyph> = {
  intent: "running",
  done: "done",
  refused: "stopped",
  failed: "failed",
  unknown: "unknown",
};

const actions = {
  set_up: "account.audit.actions.set_up",
  sign_in: "account.audit.actions.sign_in",
  sign_out: "account.audit.actions.sign_out",
  "sign_out.everywhere": "account.audit.actions.sign_out_everywhere",
  "user.name": "account.audit.actions.user_name",
  "user.password": "account.audit.actions.user_password",
  "user.role": "account.audit.actions.user_role",
  "user.disable": "account.audit.actions.user_disable",
  "user.enable": "account.audit.actions.user_enable",
  "user.reset_link": "account.audit.actions.user_reset_link",
  "identity.link": "account.audit.actions.identity_link",
  "invitation.create": "account.audit.actions.invitation_create",
  "invitation.accept": "account.audit.actions.invitation_accept",
  "invitation.delete": "account.audit.actions.invitation_delete",
  "settings.update": "account.audit.actions.settings_update",
  "agents.update": "account.audit.actions.agents_update",
} as const;

interface AuditPage {
  rows: AuditView[];
  nextBefore: number | null;
}

/** What was done on this server, newest first, with a filter by kind and older pages on request. */
export function AuditLog() {
  const t = useText();
  const format = useFormat();
  const id = useId();
  const [action, setAction] = useState("");
  const log = useInfiniteQuery({
    queryKey: ["audit", action],
    queryFn: ({ pageParam, signal }) =>
      api<AuditPage>(`/api/audit?${query({ before: pageParam, action })}`, { signal }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.nextBefore,
  });
  const rows = log.data?.pages.flatMap((page) => page.rows) ?? [];
  const nameOf = (key: string) => (isAction(key) ? t(actions[key]) : key);

  const columns: Column<AuditView>[] = [
    {
      key: "time",
      head: t("account.audit.time"),
      className: "whitespace-nowrap",
      cell: (row) => (
        <span className="tabular-nums" title={format.full(row.at)}>
          {format.moment(row.at)}
        </span>
      ),
    },
    {
      key: "who",
      head: t("account.audit.who"),
      className: "max-w-48",
      cell: (row) =>
        row.actorName === "" ? (
          <span className="text-ink-faint">{t("account.audit.nobody")}</span>
        ) : (
          <span className="block truncate">{row.actorName}</span>
        ),
    },
    {
      key: "what",
      head: t("account.audit.what"),
      phone: "name",
      className: "w-full max-w-0 max-narrow:w-auto max-narrow:max-w-none",
      cell: (row) => (
        <div className="min-w-0">
          <div className="truncate">
            <span className="font-medium">{nameOf(row.action)}</span>
            <span className="ms-2 text-ink-muted">{row.object}</span>
          </div>
          <div className="truncate font-mono text-12 text-ink-faint" title={factsOf(row)}>
            {factsOf(row)}
          </div>
        </div>
      ),
    },
    {
      key: "outcome",
      head: t("account.audit.outcome"),
      phone: "state",
      cell: (row) => (
        <span className="inline-flex items-center gap-2 align-middle whitespace-nowrap">
          <StateGlyph state={glyphOf[row.outcome]} />
          {t(`account.audit.outcomes.${row.outcome}`)}
        </span>
      ),
    },
  ];

  return (
    <>
      <div className="mb-2 flex items-center gap-3">
        <label htmlFor={id} className="sr-only">
          {t("account.audit.filter")}
        </label>
        <Select
          id={id}
          className="max-w-full"
          value={action}
          onChange={(event) => setAction(event.target.value)}
          options={[
            { value: "", label: t("account.audit.all") },
            ...Object.keys(actions).map((value) => ({ value, label: nameOf(value) })),
          ]}
        />
        <span className="ms-auto text-12 text-ink-muted tabular-nums">
          {log.dataUpdatedAt > 0 && t("common.staleSince", { time: format.clock(log.dataUpdatedAt) })}
        </span>
        <IconButton icon={RefreshCw} label={t("common.tryAgain")} onClick={() => void log.refetch()} />
      </div>
      {log.isError && (
        <div className="mb-4">
          <RequestFailure error={log.error} onRetry={() => void log.refetch()} />
        </div>
      )}
      {log.isPending && <SkeletonRows rows={6} label={t("common.loading")} />}
      {log.isSuccess && rows.length === 0 && (
        <div className="py-8">
          <Empty icon={ListChecks} title={t("account.audit.empty")} />
        </div>
      )}
      {rows.length > 0 && (
        <>
          <DataTable
            label={t("account.settings.audit")}
            columns={columns}
            rows={rows}
            rowKey={(row) => String(row.seq)}
          />
          <div className="flex min-h-13 flex-wrap items-center gap-3 text-ink-muted">
            <span>
              {t("account.audit.loaded", { count: rows.length })}{" "}
              {log.hasNextPage ? t("account.audit.moreExist") : t("account.audit.end")}
            </span>
            {log.hasNextPage && (
              <Button size="small" busy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
                {t("account.audit.older")}
              </Button>
            )}
          </div>
        </>
      )}
    </>
  );
}

function isAction(key: string): key is keyof typeof actions {
  return Object.hasOwn(actions, key);
}

function factsOf({ facts }: AuditView): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => `${name} ${value}`)
    .join(" · ");
}

function query({ before, action }: { before: number | null; action: string }): URLSearchParams {
  const search = new URLSearchParams();
  if (before !== null) search.set("before", String(before));
  if (action !== "") search.set("action", action);
  return search;
}

"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { LogOut, MessageSquare } from "lucide-react";
import { useState } from "react";
import { deviceOf } from "#components/account/device-name.ts";
import { RequestFailure } from "#components/layout/request-failure.tsx";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { type Column, DataTable } from "#components/ui/table.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { api } from "#lib/client/api.ts";
import { useFormat } from "#lib/client/format.ts";
import { useProblem } from "#lib/client/problem.ts";
import { tellSessionEnded } from "#lib/client/session-end.ts";
import { useText } from "#lib/client/text.tsx";
import type { SessionView } from "#lib/shared/people.ts";

/** Where a person is signed in, with a way to end each session, and all of them. */
export function SessionsList() {
  const t = useText();
  const format = useFormat();
  const queries = useQueryClient();
  const sessions = useQuery({
    queryKey: ["sessions"],
    queryFn: ({ signal }) => api<{ sessions: SessionView[] }>("/api/me/sessions", { signal }),
  });
  const end = useMutation({
    mutationFn: (id: string) => api(`/api/me/sessions/${id}`, { method: "DELETE" }),
    onSuccess: () => showToast({ text: t("account.general.sessionEnded") }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["sessions"] }),
  });

  function nameOf({ userAgent }: SessionView): string {
    const { browser, system } = deviceOf(userAgent);
    if (browser !== null && system !== null) return t("account.general.browserOn", { browser, system });
    return browser ?? system ?? t("account.general.unknownDevice");
  }

  const columns: Column<SessionView>[] = [
    {
      key: "device",
      head: t("account.general.sessionDevice"),
      phone: "name",
      cell: (row) => (
        <span className="flex items-center gap-2">
          <span className="truncate font-medium" title={row.userAgent}>
            {nameOf(row)}
          </span>
          {row.current && <Tag>{t("account.general.thisSession")}</Tag>}
        </span>
      ),
    },
    {
      key: "address",
      head: t("account.general.sessionAddress"),
      cell: (row) => <span className="font-mono text-12 text-ink-muted">{row.address}</span>,
    },
    {
      key: "since",
      head: t("account.general.sessionSince"),
      phone: "none",
      cell: (row) => <span className="tabular-nums">{format.moment(row.createdAt)}</span>,
    },
    {
      key: "seen",
      head: t("account.general.sessionSeen"),
      cell: (row) => <span className="tabular-nums">{format.moment(row.lastSeenAt)}</span>,
    },
    {
      key: "end",
      head: "",
      headLabel: t("common.moreActions"),
      align: "end",
      phone: "action",
      cell: (row) =>
        !row.current && (
          <Button
            size="small"
            busy={end.isPending && end.variables === row.id}
            aria-label={t("account.general.endSessionOf", { device: nameOf(row) })}
            onClick={() => end.mutate(row.id)}
          >
            {t("account.general.endSession")}
          </Button>
        ),
    },
  ];

  return (
    <div className="grid gap-4">
      {sessions.isError && <RequestFailure error={sessions.error} onRetry={() => void sessions.refetch()} />}
      {end.isError && <RequestFailure error={end.error} />}
      {sessions.isPending && <SkeletonRows rows={2} label={t("common.loading")} />}
      {sessions.data !== undefined && (
        <DataTable
          label={t("account.general.sessions")}
          columns={columns}
          rows={sessions.data.sessions}
          rowKey={(row) => row.id}
        />
      )}
      <SignOutEverywhere />
    </div>
  );
}

function SignOutEverywhere() {
  const t = useText();
  const problem = useProblem();
  const [asked, setAsked] = useState(false);
  const everywhere = useMutation({
    mutationFn: () => api("/api/me/sign-out-everywhere", { method: "POST" }),
    onSuccess() {
      tellSessionEnded();
      location.replace("/sign-in");
    },
  });
  return (
    <>
      <Button icon={LogOut} className="w-fit" onClick={() => setAsked(true)}>
        {t("account.general.everywhere")}…
      </Button>
      {asked && (
        <AlertDialog
          title={t("account.general.everywhereAsk")}
          facts={[
            { icon: LogOut, fact: t("account.general.everywhereFact") },
            { icon: MessageSquare, fact: t("account.general.everywhereThen") },
          ]}
          safeLabel={t("account.general.everywhereStay")}
          actionLabel={t("account.general.everywhere")}
          busy={everywhere.isPending || everywhere.isSuccess}
          {...(everywhere.isError ? { error: problem(everywhere.error).title } : {})}
          onConfirm={() => everywhere.mutate()}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}

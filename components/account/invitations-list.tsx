"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RequestFailure } from "#components/layout/request-failure.tsx";
import { Button } from "#components/ui/button.tsx";
import { type Column, DataTable } from "#components/ui/table.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { api } from "#lib/client/api.ts";
import { useFormat } from "#lib/client/format.ts";
import { useText } from "#lib/client/text.tsx";
import type { InvitationView } from "#lib/shared/people.ts";

/** Invitations that nobody has accepted yet. */
export function InvitationsList({ invitations }: { invitations: InvitationView[] }) {
  const t = useText();
  const format = useFormat();
  const queries = useQueryClient();
  const withdraw = useMutation({
    mutationFn: (id: string) => api(`/api/people/invitations/${id}`, { method: "DELETE" }),
    onSuccess: () => showToast({ text: t("account.people.withdrawn") }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["people"] }),
  });
  if (invitations.length === 0) return null;

  const whoOf = ({ email }: InvitationView) => email ?? t("account.people.anyone");
  const columns: Column<InvitationView>[] = [
    {
      key: "who",
      head: t("account.people.invitationFor"),
      phone: "name",
      className: "max-w-80",
      cell: (row) => <span className="block truncate font-medium">{whoOf(row)}</span>,
    },
    {
      key: "role",
      head: t("account.people.role"),
      cell: ({ role }) => (role === "admin" ? t("layout.admin") : t("layout.member")),
    },
    {
      key: "by",
      head: t("account.people.invitedBy"),
      phone: "none",
      cell: ({ createdByName }) => createdByName ?? t("common.unknown"),
    },
    {
      key: "expires",
      head: t("account.people.expires"),
      align: "end",
      cell: (row) => format.moment(row.expiresAt),
    },
    {
      key: "withdraw",
      head: "",
      headLabel: t("common.moreActions"),
      align: "end",
      phone: "action",
      cell: (row) => (
        <Button
          size="small"
          busy={withdraw.isPending && withdraw.variables === row.id}
          aria-label={t("account.people.withdrawFor", { who: whoOf(row) })}
          onClick={() => withdraw.mutate(row.id)}
        >
          {t("account.people.withdraw")}
        </Button>
      ),
    },
  ];
  return (
    <section className="mt-8" aria-labelledby="invitations-title">
      <h2 id="invitations-title" className="mb-2 text-15 font-medium">
        {t("account.people.invitations")}
      </h2>
      {withdraw.isError && (
        <div className="mb-3">
          <RequestFailure error={withdraw.error} />
        </div>
      )}
      <DataTable
        label={t("account.people.invitations")}
        columns={columns}
        rows={invitations}
        rowKey={(row) => row.id}
      />
    </section>
  );
}

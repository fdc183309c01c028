"use client";

import { useQuery } from "@tanstack/react-query";
import { ListFilter, Plus } from "lucide-react";
import { useState } from "react";
import { InvitationsList } from "#components/account/invitations-list.tsx";
import { InviteDrawer } from "#components/account/invite-drawer.tsx";
import { OneTimeLinkDialog } from "#components/account/one-time-link-dialog.tsx";
import { PersonActions } from "#components/account/person-actions.tsx";
import { SettingsTitle } from "#components/account/settings-section.tsx";
import { RequestFailure } from "#components/layout/request-failure.tsx";
import { Button } from "#components/ui/button.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { StateGlyph } from "#components/ui/state-glyph.tsx";
import { type Column, DataTable } from "#components/ui/table.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { api } from "#lib/client/api.ts";
import { useFormat } from "#lib/client/format.ts";
import { useText } from "#lib/client/text.tsx";
import type { InvitationView, MeView, OneTimeLinkView, PersonView } from "#lib/shared/people.ts";

/** `GET /api/people`. */
interface PeopleAnswer {
  people: PersonView[];
  invitations: InvitationView[];
}

/** A link at the only moment it is shown; `name` where it is a reset link. */
export interface ShownLink {
  link: OneTimeLinkView;
  name: string | null;
}

/** Who may use this server, and who is invited. */
export function PeopleSettings({ me }: { me: MeView }) {
  const t = useText();
  const format = useFormat();
  const [filter, setFilter] = useState("");
  const [inviting, setInviting] = useState(false);
  const [shown, setShown] = useState<ShownLink | null>(null);
  const people = useQuery({
    queryKey: ["people"],
    queryFn: ({ signal }) => api<PeopleAnswer>("/api/people", { signal }),
  });

  const wanted = filter.trim().toLowerCase();
  const rows = (people.data?.people ?? []).filter(({ name, email }) =>
    `${name} ${email}`.toLowerCase().includes(wanted),
  );
  const columns: Column<PersonView>[] = [
    {
      key: "name",
      head: t("account.people.name"),
      phone: "name",
      className: "max-w-80",
      cell: (person) => (
        <div className="min-w-0">
          <div className="flex items-center gap-2">
            <span className="truncate font-medium" title={person.name}>
              {person.name}
            </span>
            {person.id === me.id && <Tag>{t("account.people.you")}</Tag>}
            {person.isDemo && <Tag tone="sandbox">{t("account.people.demo")}</Tag>}
          </div>
          <div className="truncate text-12 text-ink-muted">{person.email}</div>
        </div>
      ),
    },
    {
      key: "role",
      head: t("account.people.role"),
      cell: (person) => (person.role === "admin" ? t("layout.admin") : t("layout.member")),
    },
    {
      key: "state",
      head: t("account.people.state"),
      phone: "state",
      cell: ({ disabledAt }) => (
        <span className="inline-flex items-center gap-2 align-middle">
          <StateGlyph state={disabledAt === null ? "done" : "stopped"} />
          {disabledAt === null ? t("account.people.active") : t("account.people.disabled")}
          {disabledAt !== null && (
            <span className="text-12 text-ink-muted max-medium:hidden">
              {t("account.people.disabledAt", { time: format.day(disabledAt) })}
            </span>
          )}
        </span>
      ),
    },
    {
      key: "since",
      head: t("account.people.since"),
      align: "end",
      cell: (person) => <span title={format.full(person.createdAt)}>{format.day(person.createdAt)}</span>,
    },
    {
      key: "actions",
      head: "",
      headLabel: t("common.moreActions"),
      align: "end",
      phone: "action",
      className: "narrow:w-12",
      cell: (person) => <PersonActions person={person} me={me} onLink={setShown} />,
    },
  ];

  return (
    <>
      <SettingsTitle
        title={t("account.settings.people")}
        action={
          <Button variant="filled" icon={Plus} onClick={() => setInviting(true)}>
            {t("account.people.invite")}
          </Button>
        }
      >
        {t("account.people.text")}
      </SettingsTitle>
      <label className="field-box mb-3 flex h-8 w-72 items-center max-narrow:w-full gap-2 px-3 coarse:h-11">
        <ListFilter className="text-ink-muted" />
        <span className="sr-only">{t("account.people.filter")}</span>
        <input
          type="search"
          placeholder={t("account.people.filter")}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          className="min-w-0 flex-1 bg-transparent outline-none"
        />
      </label>
      {people.isError && (
        <div className="mb-4">
          <RequestFailure error={people.error} onRetry={() => void people.refetch()} />
        </div>
      )}
      {people.isPending && <SkeletonRows rows={4} label={t("common.loading")} />}
      {people.data !== undefined && (
        <>
          <DataTable
            label={t("account.settings.people")}
            columns={columns}
            rows={rows}
            rowKey={(person) => person.id}
          />
          {rows.length === 0 && (
            <p className="py-4 text-ink-muted">{t("account.people.none", { filter: filter.trim() })}</p>
          )}
          <InvitationsList invitations={people.data.invitations} />
        </>
      )}
      {inviting && (
        <InviteDrawer
          onClose={() => setInviting(false)}
          onMade={(link) => {
            setInviting(false);
            setShown({ link, name: null });
          }}
        />
      )}
      {shown !== null && <OneTimeLinkDialog shown={shown} onClose={() => setShown(null)} />}
    </>
  );
}

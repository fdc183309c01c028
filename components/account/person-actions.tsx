"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ban, Check, Ellipsis, Link2, LogOut, MessageSquare, ShieldCheck } from "lucide-react";
import { useState } from "react";
import type { ShownLink } from "#components/account/people-settings.tsx";
import { AlertDialog, type AlertFact } from "#components/ui/alert-dialog.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Menu, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { api } from "#lib/client/api.ts";
import { useProblem } from "#lib/client/problem.ts";
import { useText } from "#lib/client/text.tsx";
import type { MeView, OneTimeLinkView, PersonView } from "#lib/shared/people.ts";

type Change = { role: "admin" | "member" } | { disabled: boolean };

interface Question {
  title: string;
  facts: AlertFact[];
  keep: string;
  action: string;
  danger: boolean;
  change: Change;
  said: string;
}

/** What an admin can do with a person: another role, a reset link, disable and enable. */
export function PersonActions({
  person,
  me,
  onLink,
}: {
  person: PersonView;
  me: MeView;
  onLink: (shown: ShownLink) => void;
}) {
  const t = useText();
  const problem = useProblem();
  const queries = useQueryClient();
  const [question, setQuestion] = useState<Question | null>(null);
  const { name } = person;

  const change = useMutation({
    mutationFn: ({ body }: { body: Change; said: string }) =>
      api(`/api/people/${person.id}`, { method: "PATCH", body }),
    onSuccess(_answer, { said }) {
      setQuestion(null);
      showToast({ text: said });
      return queries.invalidateQueries({ queryKey: ["people"] });
    },
  });
  const reset = useMutation({
    mutationFn: () => api<OneTimeLinkView>(`/api/people/${person.id}/reset-link`, { method: "POST" }),
    onSuccess: (link) => onLink({ link, name }),
  });

  function ask(next: Question) {
    change.reset();
    setQuestion(next);
  }

  const off = me.isDemo && !person.isDemo ? t("account.people.demoOnly") : undefined;
  const disabled = person.disabledAt !== null;
  const failed = change.error ?? reset.error;
  return (
    <>
      <Menu
        align="end"
        trigger={(props) => (
          <IconButton {...props} small icon={Ellipsis} label={t("account.people.actionsFor", { name })} />
        )}
      >
        {person.role === "member" ? (
          <MenuItem icon={ShieldCheck} disabledReason={off} onSelect={() => ask(adminQuestion())}>
            {t("account.people.makeAdmin")}
          </MenuItem>
        ) : (
          <MenuItem icon={ShieldCheck} disabledReason={off} onSelect={() => ask(memberQuestion())}>
            {t("account.people.makeMember")}
          </MenuItem>
        )}
        {!disabled && (
          <MenuItem icon={Link2} disabledReason={off} onSelect={() => reset.mutate()}>
            {t("account.people.resetLink")}
          </MenuItem>
        )}
        <MenuSeparator />
        {disabled ? (
          <MenuItem
            icon={Check}
            disabledReason={off}
            onSelect={() =>
              change.mutate({ body: { disabled: false }, said: t("account.people.enabledToast", { name }) })
            }
          >
            {t("account.people.enable")}
          </MenuItem>
        ) : (
          <MenuItem icon={Ban} danger disabledReason={off} onSelect={() => ask(disableQuestion())}>
            {t("account.people.disable")}
          </MenuItem>
        )}
      </Menu>
      {question === null && failed !== null && (
        <p role="alert" className="text-12">
          {problem(failed).title}
        </p>
      )}
      {question !== null && (
        <AlertDialog
          title={question.title}
          facts={question.facts}
          safeLabel={question.keep}
          actionLabel={question.action}
          danger={question.danger}
          busy={change.isPending}
          {...(change.isError ? { error: `${problem(change.error).title}. ${problem(change.error).next}` } : {})}
          onConfirm={() => change.mutate({ body: question.change, said: question.said })}
          onClose={() => setQuestion(null)}
        />
      )}
    </>
  );

  function adminQuestion(): Question {
    return {
      title: t("account.people.adminAsk", { name }),
      facts: [{ icon: ShieldCheck, fact: t("account.people.adminFact"), effect: t("account.people.adminThen") }],
      keep: t("account.people.adminKeep"),
      action: t("account.people.makeAdmin"),
      danger: false,
      change: { role: "admin" },
      said: t("account.people.roleChanged", { name }),
    };
  }

  function memberQuestion(): Question {
    return {
      title: t("account.people.memberAsk", { name }),
      facts: [{ icon: ShieldCheck, fact: t("account.people.memberFact"), effect: t("account.people.memberThen") }],
      keep: t("account.people.memberKeep"),
      action: t("account.people.makeMember"),
      danger: false,
      change: { role: "member" },
      said: t("account.people.roleChanged", { name }),
    };
  }

  function disableQuestion(): Question {
    return {
      title: t("account.people.disableAsk", { name }),
      facts: [
        { icon: LogOut, fact: t("account.people.disableSessions"), effect: t("account.people.disableSessionsThen") },
        { icon: MessageSquare, fact: t("account.people.disableData"), effect: t("account.people.disableDataThen") },
      ],
      keep: t("account.people.keep"),
      action: t("account.people.disableAction", { name }),
      danger: true,
      change: { disabled: true },
      said: t("account.people.disabledToast", { name }),
    };
  }
}

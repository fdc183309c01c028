"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Choice } from "#components/account/choice.tsx";
import { Button } from "#components/ui/button.tsx";
import { Drawer } from "#components/ui/drawer.tsx";
import { FormProblem, TextField } from "#components/ui/field.tsx";
import { api, isApiError } from "#lib/client/api.ts";
import { useProblem } from "#lib/client/problem.ts";
import { useText } from "#lib/client/text.tsx";
import type { OneTimeLinkView } from "#lib/shared/people.ts";

/** Makes an invitation: for an address or for whoever holds the link, as a member or an admin. */
export function InviteDrawer({ onClose, onMade }: { onClose: () => void; onMade: (link: OneTimeLinkView) => void }) {
  const t = useText();
  const problem = useProblem();
  const queries = useQueryClient();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<"member" | "admin">("member");
  const invite = useMutation({
    mutationFn: () =>
      api<OneTimeLinkView>("/api/people/invitations", {
        body: { role, email: email.trim() === "" ? null : email.trim() },
      }),
    onSuccess(link) {
      void queries.invalidateQueries({ queryKey: ["people"] });
      onMade(link);
    },
  });
  const badEmail = isApiError(invite.error) && invite.error.fields.some(({ path }) => path === "email");
  const failed = invite.isError && !badEmail ? problem(invite.error) : null;
  return (
    <Drawer
      title={t("account.people.inviteTitle")}
      closeLabel={t("common.close")}
      onClose={onClose}
      onSubmit={() => invite.mutate()}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" variant="filled" busy={invite.isPending}>
            {t("account.people.inviteAction")}
          </Button>
        </>
      }
    >
      <div className="grid gap-5">
        {failed !== null && <FormProblem title={`${failed.title}.`}>{failed.next}</FormProblem>}
        <TextField
          label={t("account.people.inviteEmail")}
          aside={t("common.optional")}
          help={t("account.people.inviteEmailHelp")}
          name="invite-email"
          type="email"
          inputMode="email"
          spellCheck={false}
          maxLength={254}
          data-start-focus
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          error={badEmail && t("account.signIn.emailBad")}
        />
        <div>
          <p className="mb-2 font-medium">{t("account.people.inviteRole")}</p>
          <Choice
            label={t("account.people.inviteRole")}
            value={role}
            onChange={setRole}
            options={[
              { value: "member", label: t("layout.member"), help: t("account.people.memberHelp") },
              { value: "admin", label: t("layout.admin"), help: t("account.people.adminHelp") },
            ]}
          />
        </div>
      </div>
    </Drawer>
  );
}

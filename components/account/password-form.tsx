"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEventHandler, useState } from "react";
import { NewPassword, usePasswordProblem } from "#components/account/new-password.tsx";
import { Button } from "#components/ui/button.tsx";
import { FormProblem, PasswordField } from "#components/ui/field.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { api, isApiError } from "#lib/client/api.ts";
import { useProblem } from "#lib/client/problem.ts";
import { useText } from "#lib/client/text.tsx";
import type { MeView } from "#lib/shared/people.ts";

/** A new password for somebody who knows the present one. */
export function PasswordForm({ me, minPasswordChars }: { me: MeView; minPasswordChars: number }) {
  const t = useText();
  const problem = useProblem();
  const passwordProblem = usePasswordProblem();
  const queries = useQueryClient();
  const [missing, setMissing] = useState({ current: false, next: false });
  // A changed key empties the fields.
  const [round, setRound] = useState(0);

  const change = useMutation({
    mutationFn: (body: { current: string; next: string }) => api("/api/me/password", { body }),
    async onSuccess() {
      setRound(round + 1);
      showToast({ text: t("account.general.passwordChanged") });
      await queries.invalidateQueries({ queryKey: ["sessions"] });
    },
  });

  const submit: SubmitEventHandler<HTMLFormElement> = (event) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const current = String(fields.get("current") ?? "");
    const next = String(fields.get("next") ?? "");
    setMissing({ current: current === "", next: next === "" });
    if (current !== "" && next !== "") change.mutate({ current, next });
  };

  const refused = isApiError(change.error) ? change.error : null;
  const beside = refused?.code === "invalid_credentials" || refused?.code === "password_weak";
  const failed = change.isError && !beside ? problem(change.error) : null;
  return (
    <form noValidate onSubmit={submit} key={round} className="grid gap-4">
      {failed !== null && <FormProblem title={`${failed.title}.`}>{failed.next}</FormProblem>}
      {/* Password managers want to know whose password it is. */}
      <input type="email" name="username" autoComplete="username" value={me.email} readOnly hidden />
      <PasswordField
        label={t("account.general.current")}
        name="current"
        autoComplete="current-password"
        showLabel={t("common.showPassword")}
        hideLabel={t("common.hidePassword")}
        error={
          missing.current
            ? t("account.signIn.passwordMissing")
            : refused?.code === "invalid_credentials" && t("account.general.wrongPassword")
        }
      />
      <NewPassword
        label={t("account.general.next")}
        name="next"
        minChars={minPasswordChars}
        person={me}
        error={
          missing.next
            ? t("account.signIn.passwordMissing")
            : refused?.code === "password_weak"
              ? passwordProblem(refused.fields[0]?.message)
              : null
        }
      />
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" busy={change.isPending}>
          {t("account.general.changePassword")}
        </Button>
        <span className="text-12 text-ink-muted">{t("account.general.passwordHelp")}</span>
      </div>
    </form>
  );
}

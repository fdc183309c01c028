"use client";

import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { type SubmitEventHandler, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { FormProblem, PasswordField, TextField } from "#components/ui/field.tsx";
import { ApiError } from "#lib/client/api.ts";
import { useProblem } from "#lib/client/problem.ts";
import { signInWithOidc, signInWithPassword } from "#lib/client/sign-in.ts";
import { useText } from "#lib/client/text.tsx";
import type { ErrorCode } from "#lib/shared/errors.ts";

interface SignInFormProps {
  /** Where to go afterwards; already known to be a path of ours. */
  next: string;
  oidc: { name: string } | null;
  /** What went wrong on the way back from the OpenID Connect provider. */
  arrivedWith: ErrorCode | null;
}

/** Email and password, and the OpenID Connect provider where there is one. */
export function SignInForm({ next, oidc, arrivedWith }: SignInFormProps) {
  const t = useText();
  const problem = useProblem();
  const form = useRef<HTMLFormElement>(null);
  const [missing, setMissing] = useState({ email: false, password: false });

  const leave = (url: string) => location.assign(url);
  const withPassword = useMutation({
    mutationFn: (given: { email: string; password: string }) => signInWithPassword({ ...given, next }),
    onSuccess: leave,
    onError: () => form.current?.querySelector<HTMLInputElement>("[name=password]")?.select(),
  });
  const withOidc = useMutation({ mutationFn: () => signInWithOidc({ next }), onSuccess: leave });

  const submit: SubmitEventHandler<HTMLFormElement> = (event) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const email = String(fields.get("email") ?? "").trim();
    const password = String(fields.get("password") ?? "");
    setMissing({ email: email === "", password: password === "" });
    withOidc.reset();
    if (email !== "" && password !== "") return withPassword.mutate({ email, password });
    event.currentTarget.querySelector<HTMLInputElement>(email === "" ? "[name=email]" : "[name=password]")?.focus();
  };

  const tried = withPassword.isIdle && withOidc.isIdle;
  const error = withPassword.error ?? withOidc.error ?? (tried && arrivedWith ? new ApiError(arrivedWith, 0) : null);
  const failed = error === null ? null : problem(error);
  const busy = withPassword.isPending || withPassword.isSuccess;
  return (
    <div className="mt-8">
      {failed !== null && (
        <div className="mb-5">
          <FormProblem title={`${failed.title}.`}>{failed.next}</FormProblem>
        </div>
      )}
      {oidc !== null && (
        <>
          <Button
            size="large"
            icon={KeyRound}
            busy={withOidc.isPending || withOidc.isSuccess}
            className="w-full"
            onClick={() => {
              withPassword.reset();
              withOidc.mutate();
            }}
          >
            {t("account.signIn.continueWith", { name: oidc.name })}
          </Button>
          <div className="my-4 flex items-center gap-3 text-12 text-ink-muted">
            <hr className="flex-1" />
            {t("account.signIn.orWithPassword")}
            <hr className="flex-1" />
          </div>
        </>
      )}
      <form ref={form} noValidate onSubmit={submit} className="grid gap-4">
        <TextField
          large
          label={t("account.signIn.email")}
          name="email"
          type="email"
          inputMode="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          error={missing.email && t("account.signIn.emailMissing")}
        />
        <PasswordField
          large
          label={t("account.signIn.password")}
          name="password"
          autoComplete="current-password"
          showLabel={t("common.showPassword")}
          hideLabel={t("common.hidePassword")}
          error={missing.password && t("account.signIn.passwordMissing")}
        />
        <Button type="submit" variant="filled" size="large" busy={busy} className="mt-2 w-full">
          {t("account.signIn.action")}
        </Button>
      </form>
      <p className="mt-5 text-ink-muted">{t("account.signIn.noAccount")}</p>
    </div>
  );
}

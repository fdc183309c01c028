"use client";

import { useMutation } from "@tanstack/react-query";
import { type SubmitEventHandler, useState } from "react";
import { NewPassword, usePasswordProblem } from "#components/account/new-password.tsx";
import { Button } from "#components/ui/button.tsx";
import { FormProblem, TextField } from "#components/ui/field.tsx";
import { type ApiError, api, isApiError } from "#lib/client/api.ts";
import { useProblem } from "#lib/client/problem.ts";
import { useText } from "#lib/client/text.tsx";

interface AccountFormProps {
  action: string;
  /** Which fields are asked for; a fixed email is shown and not asked. */
  ask: { name: boolean; email: boolean };
  fixedEmail: string | null;
  passwordLabel: string;
  minPasswordChars: number;
  /** Where the fields go, and what goes with them. */
  path: `/api/${string}`;
  more?: Record<string, string>;
}

/** Makes an account or sets a password, and is signed in by that. Used by set-up, invitations and reset links. */
export function AccountForm({
  action,
  ask,
  fixedEmail,
  passwordLabel,
  minPasswordChars,
  path,
  more = {},
}: AccountFormProps) {
  const t = useText();
  const problem = useProblem();
  const passwordProblem = usePasswordProblem();
  const [name, setName] = useState("");
  const [email, setEmail] = useState(fixedEmail ?? "");
  const [missing, setMissing] = useState<ReadonlySet<string>>(new Set());

  const send = useMutation({
    mutationFn: (password: string) =>
      api(path, {
        body: { ...more, ...(ask.name ? { name } : {}), ...(ask.email ? { email } : {}), password },
      }),
    onSuccess: () => location.assign("/"),
  });

  const submit: SubmitEventHandler<HTMLFormElement> = (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const password = String(new FormData(form).get("password") ?? "");
    const empty = [
      ...(ask.name && name.trim() === "" ? ["name"] : []),
      ...(ask.email && email.trim() === "" ? ["email"] : []),
      ...(password === "" ? ["password"] : []),
    ];
    setMissing(new Set(empty));
    if (empty.length === 0) send.mutate(password);
    else form.querySelector<HTMLInputElement>(`[name=${empty[0]}]`)?.focus();
  };

  const refused = isApiError(send.error) ? send.error : null;
  const beside = besideFields(refused);
  const failed = send.isError && beside.size === 0 ? problem(send.error) : null;
  return (
    <form noValidate onSubmit={submit} className="mt-8 grid gap-4">
      {failed !== null && <FormProblem title={`${failed.title}.`}>{failed.next}</FormProblem>}
      {ask.name && (
        <TextField
          large
          label={t("account.setUp.name")}
          name="name"
          autoComplete="name"
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.target.value)}
          autoFocus
          error={(missing.has("name") || beside.has("name")) && t("account.setUp.nameMissing")}
        />
      )}
      <TextField
        large
        label={t("account.signIn.email")}
        name="email"
        type="email"
        inputMode="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={254}
        readOnly={!ask.email}
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        {...(fixedEmail !== null && ask.name ? { help: t("account.invite.emailFixed") } : {})}
        error={
          missing.has("email")
            ? t("account.signIn.emailMissing")
            : refused?.code === "email_taken"
              ? t("errors.email_taken.title")
              : beside.has("email") && t("account.signIn.emailBad")
        }
      />
      <NewPassword
        large
        label={passwordLabel}
        minChars={minPasswordChars}
        person={{ name, email }}
        error={
          missing.has("password")
            ? t("account.signIn.passwordMissing")
            : refused?.code === "password_weak"
              ? passwordProblem(refused.fields[0]?.message)
              : null
        }
      />
      <Button
        type="submit"
        variant="filled"
        size="large"
        busy={send.isPending || send.isSuccess}
        className="mt-2 w-full"
      >
        {action}
      </Button>
    </form>
  );
}

/** The fields that a refusal is about; the rest of refusals is said above the form. */
function besideFields(error: ApiError | null): ReadonlySet<string> {
  if (error?.code === "email_taken") return new Set(["email"]);
  if (error?.code === "password_weak") return new Set(["password"]);
  if (error?.code !== "invalid_input") return new Set();
  return new Set(error.fields.map(({ path }) => path).filter((path) => ["name", "email", "password"].includes(path)));
}

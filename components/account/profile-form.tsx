"use client";

import { type SubmitEventHandler, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { FormProblem, TextField } from "#components/ui/field.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { useChangeMe } from "#lib/client/me.ts";
import { useProblem } from "#lib/client/problem.ts";
import { useText } from "#lib/client/text.tsx";
import type { MeView } from "#lib/shared/people.ts";

/** A person's own name, and the address that only an admin can change. */
export function ProfileForm({ me }: { me: MeView }) {
  const t = useText();
  const problem = useProblem();
  const change = useChangeMe();
  const [name, setName] = useState(me.name);
  const [missing, setMissing] = useState(false);

  const submit: SubmitEventHandler<HTMLFormElement> = (event) => {
    event.preventDefault();
    setMissing(name.trim() === "");
    if (name.trim() === "") return;
    change.mutate(
      { name },
      {
        onSuccess(person) {
          setName(person.name);
          showToast({ text: t("account.general.nameSaved", { name: person.name }) });
        },
      },
    );
  };

  const failed = change.isError ? problem(change.error) : null;
  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      {failed !== null && <FormProblem title={`${failed.title}.`}>{failed.next}</FormProblem>}
      <TextField
        label={t("account.general.name")}
        help={t("account.general.nameHelp")}
        name="name"
        autoComplete="name"
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={missing && t("account.general.nameMissing")}
      />
      <TextField
        label={t("account.general.email")}
        help={t("account.general.emailHelp")}
        type="email"
        readOnly
        value={me.email}
        className="bg-sunken text-ink-muted"
      />
      <Button type="submit" busy={change.isPending} disabled={name.trim() === me.name} className="w-fit">
        {t("common.save")}
      </Button>
    </form>
  );
}

"use client";

import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { FormProblem } from "#components/ui/field.tsx";
import { useProblem } from "#lib/client/problem.ts";
import { signInWithOidc } from "#lib/client/sign-in.ts";
import { useText } from "#lib/client/text.tsx";

/** Accepts an invitation with an identity of the OpenID Connect provider, instead of a password. */
export function InvitationWithOidc({ name, code }: { name: string; code: string }) {
  const t = useText();
  const problem = useProblem();
  const leave = useMutation({
    mutationFn: () => signInWithOidc({ next: "/", invite: code }),
    onSuccess: (url) => location.assign(url),
  });
  const failed = leave.isError ? problem(leave.error) : null;
  return (
    <div className="mt-8 -mb-4 grid gap-4">
      {failed !== null && <FormProblem title={`${failed.title}.`}>{failed.next}</FormProblem>}
      <Button
        size="large"
        icon={KeyRound}
        busy={leave.isPending || leave.isSuccess}
        className="w-full"
        onClick={() => leave.mutate()}
      >
        {t("account.signIn.continueWith", { name })}
      </Button>
      <div className="flex items-center gap-3 text-12 text-ink-muted">
        <hr className="flex-1" />
        {t("account.signIn.orWithPassword")}
        <hr className="flex-1" />
      </div>
    </div>
  );
}

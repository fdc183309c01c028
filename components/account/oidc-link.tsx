"use client";

import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { FormProblem } from "#components/ui/field.tsx";
import { ApiError } from "#lib/client/api.ts";
import { useProblem } from "#lib/client/problem.ts";
import { signInWithOidc } from "#lib/client/sign-in.ts";
import { useText } from "#lib/client/text.tsx";
import type { ErrorCode } from "#lib/shared/errors.ts";

/** Links an identity of the OpenID Connect provider to this account. */
export function OidcLink({ name, arrivedWith }: { name: string; arrivedWith: ErrorCode | null }) {
  const t = useText();
  const problem = useProblem();
  const leave = useMutation({
    mutationFn: () => signInWithOidc({ next: "/settings/general", link: true }),
    onSuccess: (url) => location.assign(url),
  });
  const error = leave.error ?? (leave.isIdle && arrivedWith !== null ? new ApiError(arrivedWith, 0) : null);
  const failed = error === null ? null : problem(error);
  return (
    <div className="grid gap-4">
      {failed !== null && <FormProblem title={`${failed.title}.`}>{failed.next}</FormProblem>}
      <Button
        icon={KeyRound}
        busy={leave.isPending || leave.isSuccess}
        className="w-fit"
        onClick={() => leave.mutate()}
      >
        {t("account.general.oidcLink", { name })}
      </Button>
    </div>
  );
}

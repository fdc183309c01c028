"use client";

import { useMutation } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { FormProblem } from "#components/ui/field.tsx";
import { api } from "#lib/client/api.ts";
import { useProblem } from "#lib/client/problem.ts";
import { useText } from "#lib/client/text.tsx";

/** Opens the demo account with the printed code. */
export function DemoButton({ code }: { code: string }) {
  const t = useText();
  const problem = useProblem();
  const open = useMutation({
    mutationFn: () => api("/api/set-up/demo", { body: { code } }),
    onSuccess: () => location.assign("/"),
  });
  const failed = open.isError ? problem(open.error) : null;
  return (
    <div className="mt-7">
      {failed !== null && (
        <div className="mb-3">
          <FormProblem title={`${failed.title}.`}>{failed.next}</FormProblem>
        </div>
      )}
      <Button size="large" busy={open.isPending || open.isSuccess} onClick={() => open.mutate()}>
        {t("account.sandbox.demo")}
        <ArrowRight />
      </Button>
      <p className="mt-2 text-12 text-ink-muted">{t("account.sandbox.demoNote")}</p>
    </div>
  );
}

"use client";

import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { problemOf } from "#components/account/gateway-form.ts";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { api, isApiError } from "#lib/client/api.ts";
import { useProblem } from "#lib/client/problem.ts";
import { useText } from "#lib/client/text.tsx";
import type { ConnectionsView } from "#lib/shared/connections.ts";

/** Erases what is stored on the page about the gateway. Needs the password that the drawer asks for. */
export function ForgetGateway({ password, onSaved }: { password: string; onSaved: (view: ConnectionsView) => void }) {
  const t = useText();
  const problem = useProblem();
  const [asked, setAsked] = useState(false);
  const forget = useMutation({
    mutationFn: () =>
      api<ConnectionsView>("/api/connections", {
        method: "PUT",
        body: { openclaw: { url: null, auth: null, credential: null, userHeader: null, agents: null }, password },
      }),
    onSuccess(view) {
      showToast({ text: t("connections.form.saved") });
      onSaved(view);
    },
  });
  const error = forget.error;
  const field = isApiError(error) ? error.fields[0] : undefined;
  return (
    <>
      <Button variant="link-danger" className="me-auto" disabled={password === ""} onClick={() => setAsked(true)}>
        {t("connections.form.forget")}
      </Button>
      {asked && (
        <AlertDialog
          title={t("connections.form.forgetAsk")}
          facts={[{ icon: KeyRound, fact: t("connections.form.forgetFact"), effect: t("connections.form.forgetThen") }]}
          safeLabel={t("connections.form.forgetKeep")}
          actionLabel={t("connections.form.forgetAction")}
          busy={forget.isPending}
          {...(error === null
            ? {}
            : {
                error:
                  field === undefined
                    ? problem(error).title
                    : t(`connections.form.problems.${problemOf(field.message)}`),
              })}
          onConfirm={() => forget.mutate()}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}

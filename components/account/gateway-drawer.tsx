"use client";

import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { ForgetGateway } from "#components/account/forget-gateway.tsx";
import { changeOf, formOf, type GatewayForm, needsCredential, problemOf } from "#components/account/gateway-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Drawer } from "#components/ui/drawer.tsx";
import { FormProblem, PasswordField, TextField } from "#components/ui/field.tsx";
import { Radio } from "#components/ui/radio.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { api, isApiError } from "#lib/client/api.ts";
import { useProblem } from "#lib/client/problem.ts";
import { useText } from "#lib/client/text.tsx";
import type { ConnectionsChange, ConnectionsView, GatewayAuth } from "#lib/shared/connections.ts";
import type { MeView } from "#lib/shared/people.ts";

interface GatewayDrawerProps {
  view: ConnectionsView;
  me: MeView;
  onClose: () => void;
  onSaved: (view: ConnectionsView) => void;
}

/** Edits the connection. A new address asks for the credential again, and every change for the admin's password. */
export function GatewayDrawer({ view, me, onClose, onSaved }: GatewayDrawerProps) {
  const t = useText();
  const problem = useProblem();
  const [before] = useState(() => formOf(view));
  const [form, setForm] = useState(before);
  const [password, setPassword] = useState("");
  const set = (change: Partial<GatewayForm>) => setForm({ ...form, ...change });

  const save = useMutation({
    mutationFn: (change: ConnectionsChange) =>
      api<ConnectionsView>("/api/connections", { method: "PUT", body: change }),
    onSuccess(next) {
      showToast({ text: t("connections.form.saved") });
      onSaved(next);
    },
  });

  const { openclaw, sandbox } = view;
  const fixed = (source: string) => source === "environment";
  const fixedHelp = (variable: string) => t("connections.form.fromEnvironment", { variable });
  const refused = isApiError(save.error) && save.error.code === "invalid_input" ? save.error.fields : [];
  const besides = (path: string) => {
    const found = refused.find((field) => field.path === path || field.path.startsWith(`${path}.`));
    return found === undefined ? null : t(`connections.form.problems.${problemOf(found.message)}`);
  };
  const failed = save.isError && refused.length === 0 ? problem(save.error) : null;
  const credentialFixed = fixed(openclaw.credential.source);
  const kept = openclaw.credential.set && !sandbox && form.url.trim() === before.url;
  const change = changeOf(form, before);
  const stored = !sandbox && [openclaw.url, openclaw.auth, openclaw.credential].some(({ source }) => source === "page");

  return (
    <Drawer
      title={sandbox ? t("connections.form.connectTitle") : t("connections.form.title")}
      closeLabel={t("common.close")}
      onClose={onClose}
      onSubmit={() => save.mutate({ openclaw: change, password })}
      footer={
        <>
          {stored && !me.isDemo && <ForgetGateway password={password} onSaved={onSaved} />}
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            type="submit"
            variant="filled"
            busy={save.isPending}
            disabled={me.isDemo || password === "" || Object.keys(change).length === 0}
          >
            {sandbox ? t("connections.form.connectAction") : t("connections.form.save")}
          </Button>
        </>
      }
    >
      <div className="grid gap-5">
        {me.isDemo && <FormProblem title={t("connections.form.demoPassword")} />}
        {failed !== null && <FormProblem title={`${failed.title}.`}>{failed.next}</FormProblem>}
        {refused.length > 0 && (
          <FormProblem title={t("common.fieldsNeedAnotherValue", { count: refused.length })}>
            {t("common.nothingWasSaved")}
          </FormProblem>
        )}
        <TextField
          label={t("connections.form.url")}
          help={fixed(openclaw.url.source) ? fixedHelp("OPENCLAW_GATEWAY_URL") : t("connections.form.urlHelp")}
          name="url"
          type="url"
          inputMode="url"
          spellCheck={false}
          placeholder="https://"
          readOnly={fixed(openclaw.url.source)}
          value={form.url}
          onChange={(event) => set({ url: event.target.value })}
          error={besides("openclaw.url")}
        />
        <AuthChoice
          value={form.auth}
          fixed={fixed(openclaw.auth.source)}
          error={besides("openclaw.auth")}
          onChange={(auth) => set({ auth })}
        />
        {needsCredential(form.auth) && (
          <PasswordField
            label={
              form.auth === "token" ? t("connections.form.credentialToken") : t("connections.form.credentialPassword")
            }
            help={
              credentialFixed
                ? fixedHelp(openclaw.credential.variable ?? "OPENCLAW_GATEWAY_TOKEN")
                : kept
                  ? t("connections.form.credentialKept")
                  : openclaw.credential.set && !sandbox
                    ? t("connections.form.credentialNew")
                    : undefined
            }
            name="credential"
            autoComplete="off"
            readOnly={credentialFixed}
            showLabel={t("common.showPassword")}
            hideLabel={t("common.hidePassword")}
            value={form.credential}
            onChange={(event) => set({ credential: event.target.value })}
            error={besides("openclaw.credential")}
          />
        )}
        {form.auth === "trusted-proxy" && (
          <TextField
            label={t("connections.form.userHeader")}
            name="user-header"
            spellCheck={false}
            readOnly={fixed(openclaw.userHeader.source)}
            value={form.userHeader}
            onChange={(event) => set({ userHeader: event.target.value })}
            error={besides("openclaw.userHeader")}
          />
        )}
        <TextField
          label={t("connections.form.agents")}
          aside={t("common.optional")}
          help={fixed(openclaw.agents.source) ? fixedHelp("OPENCLAW_AGENTS") : t("connections.form.agentsHelp")}
          name="agents"
          spellCheck={false}
          readOnly={fixed(openclaw.agents.source)}
          value={form.agents}
          onChange={(event) => set({ agents: event.target.value })}
          error={besides("openclaw.agents")}
        />
        {!me.isDemo && (
          <div className="border-t border-line pt-5">
            <PasswordField
              label={t("connections.form.ownPassword")}
              help={t("connections.form.ownPasswordHelp")}
              name="own-password"
              autoComplete="current-password"
              showLabel={t("common.showPassword")}
              hideLabel={t("common.hidePassword")}
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              error={besides("password")}
            />
          </div>
        )}
      </div>
    </Drawer>
  );
}

function AuthChoice({
  value,
  fixed,
  error,
  onChange,
}: {
  value: GatewayAuth;
  fixed: boolean;
  error: string | null;
  onChange: (auth: GatewayAuth) => void;
}) {
  const t = useText();
  const name = useId();
  const options: { auth: GatewayAuth; label: string; help: string }[] = [
    { auth: "token", label: t("connections.form.authToken"), help: t("connections.form.authTokenHelp") },
    { auth: "password", label: t("connections.form.authPassword"), help: t("connections.form.authPasswordHelp") },
    { auth: "none", label: t("connections.form.authNone"), help: t("connections.form.authNoneHelp") },
    { auth: "trusted-proxy", label: t("connections.form.authProxy"), help: t("connections.form.authProxyHelp") },
  ];
  return (
    <fieldset disabled={fixed}>
      <legend className="mb-2 font-medium">{t("connections.form.auth")}</legend>
      <div className="grid gap-2">
        {options.map((option) => (
          <Radio
            key={option.auth}
            name={name}
            checked={option.auth === value}
            onChange={() => onChange(option.auth)}
            label={option.label}
            help={option.help}
          />
        ))}
      </div>
      {fixed && (
        <p className="mt-2 text-12 text-ink-muted">
          {t("connections.form.fromEnvironment", { variable: "OPENCLAW_GATEWAY_AUTH" })}
        </p>
      )}
      {error !== null && <p className="mt-2">{error}</p>}
    </fieldset>
  );
}

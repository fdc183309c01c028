"use client";

import type { ReactNode } from "react";
import { Facts } from "#components/account/settings-section.tsx";
import { useFormat } from "#lib/client/format.ts";
import { useText } from "#lib/client/text.tsx";
import type { ConnectionsView, SettingSource } from "#lib/shared/connections.ts";

/** What is set about the gateway, and beside each value where it comes from. */
export function GatewayFacts({ view: { openclaw } }: { view: ConnectionsView }) {
  const t = useText();
  const format = useFormat();
  const { url, auth, credential, userHeader, agents } = openclaw;
  const secret = auth.value === "token" || auth.value === "password";

  function credentialSource(): string {
    if (credential.variable !== null) return t("connections.fromVariable", { variable: credential.variable });
    if (credential.updatedAt === null) return t(`connections.source.${credential.source}`);
    const time = format.day(credential.updatedAt);
    const name = credential.updatedByName;
    return `${t("connections.source.page")}, ${name === null ? t("connections.setAt", { time }) : t("connections.setBy", { time, name })}`;
  }

  const rows: [string, ReactNode][] = [
    [
      t("connections.origin"),
      url.value === null ? (
        <Absent key="url">{t("connections.notSet")}</Absent>
      ) : (
        <Value key="url" mono source={t(`connections.source.${url.source}`)}>
          {url.value}
        </Value>
      ),
    ],
    [
      t("connections.auth"),
      <Value key="auth" source={auth.source === "default" ? "" : t(`connections.source.${auth.source}`)}>
        {t(`connections.auths.${auth.value}`)}
      </Value>,
    ],
  ];
  if (secret) {
    rows.push([
      auth.value === "token" ? t("connections.token") : t("connections.password"),
      credential.set ? (
        <Value key="credential" source={credentialSource()}>
          {t("connections.set")}
        </Value>
      ) : (
        <Absent key="credential">{t("connections.notSet")}</Absent>
      ),
    ]);
  }
  if (auth.value === "trusted-proxy") {
    rows.push([
      t("connections.userHeader"),
      <Value key="header" mono source={sourceOf(userHeader.source)}>
        {userHeader.value}
      </Value>,
    ]);
  }
  rows.push([
    t("connections.agents"),
    agents.value.length === 0 ? (
      <span key="agents">{t("connections.fromGateway")}</span>
    ) : (
      <Value key="agents" source={sourceOf(agents.source)}>
        {agents.value.join(", ")}
      </Value>
    ),
  ]);
  return <Facts rows={rows} />;

  function sourceOf(source: SettingSource): string {
    return t(`connections.source.${source}`);
  }
}

function Value({ children, source, mono = false }: { children: ReactNode; source: string; mono?: boolean }) {
  return (
    <>
      <span className={mono ? "font-mono text-12 break-all" : "break-words"}>{children}</span>
      {source !== "" && <span className="ms-2 text-12 text-ink-muted">{source}</span>}
    </>
  );
}

function Absent({ children }: { children: ReactNode }) {
  return <span className="text-ink-faint">{children}</span>;
}

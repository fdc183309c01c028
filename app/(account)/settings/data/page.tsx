import type { ReactNode } from "react";
import { SettingsScreen, sectionMetadata } from "#app/(account)/settings/settings-screen.tsx";
import { CommandLine } from "#components/account/command-line.tsx";
import { Facts, SettingsSection, SettingsTitle } from "#components/account/settings-section.tsx";
import { env } from "#lib/server/env.ts";
import { version } from "#lib/server/version.ts";
import type { Text } from "#lib/shared/messages/text.ts";

export const generateMetadata = () => sectionMetadata("data");

export default function DataPage() {
  return <SettingsScreen section="data">{({ t }) => <Data t={t} />}</SettingsScreen>;
}

/** Where everything is kept, and the commands that take it along. */
function Data({ t }: { t: Text }) {
  const { databaseUrl, dataDir, authSecret, dataKey } = env();
  const given = [...(authSecret === undefined ? [] : ["AUTH_SECRET"]), ...(dataKey === undefined ? [] : ["DATA_KEY"])];
  return (
    <>
      <SettingsTitle title={t("account.settings.data")}>{t("account.data.text")}</SettingsTitle>
      <SettingsSection wide title={t("account.data.kept")}>
        <Facts
          rows={[
            [
              t("account.data.store"),
              databaseUrl === undefined ? t("account.data.sqlite") : t("account.data.postgres"),
            ],
            ...(databaseUrl === undefined
              ? [
                  [
                    t("account.data.folder"),
                    <span key="folder" className="font-mono text-12 break-all">
                      {dataDir}
                    </span>,
                  ] as [string, ReactNode],
                ]
              : []),
            [
              t("account.data.keys"),
              given.length === 0
                ? t("account.data.keysFiles")
                : t("account.data.keysEnvironment", { names: given.join(", ") }),
            ],
            [t("account.data.version"), version()],
          ]}
        />
        <p className="mt-3 max-w-read text-12 text-ink-muted">{t("account.data.keysHelp")}</p>
      </SettingsSection>
      <SettingsSection title={t("account.data.backup")} help={t("account.data.backupText")}>
        <CommandLine command="npm run backup" />
      </SettingsSection>
      <SettingsSection title={t("account.data.restore")} help={t("account.data.restoreText")}>
        <CommandLine command="npm run restore" />
      </SettingsSection>
      <SettingsSection title={t("account.data.export")} help={t("account.data.exportText")}>
        {null}
      </SettingsSection>
    </>
  );
}

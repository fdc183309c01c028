import { SettingsScreen, sectionMetadata } from "#app/(account)/settings/settings-screen.tsx";
import { ConnectionsSettings } from "#components/account/connections-settings.tsx";
import { SettingsTitle } from "#components/account/settings-section.tsx";
import { toMe } from "#lib/server/auth/me.ts";

export const generateMetadata = () => sectionMetadata("connections");

export default function ConnectionsPage() {
  return (
    <SettingsScreen section="connections">
      {({ person, t }) => (
        <>
          <SettingsTitle title={t("connections.title")}>{t("connections.text")}</SettingsTitle>
          <ConnectionsSettings me={toMe(person)} />
        </>
      )}
    </SettingsScreen>
  );
}

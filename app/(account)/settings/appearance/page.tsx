import { SettingsScreen, sectionMetadata } from "#app/(account)/settings/settings-screen.tsx";
import { AppearanceSettings } from "#components/account/appearance-settings.tsx";
import { SettingsTitle } from "#components/account/settings-section.tsx";

export const generateMetadata = () => sectionMetadata("appearance");

export default function AppearancePage() {
  return (
    <SettingsScreen section="appearance">
      {({ t }) => (
        <>
          <SettingsTitle title={t("account.settings.appearance")} />
          <AppearanceSettings />
        </>
      )}
    </SettingsScreen>
  );
}

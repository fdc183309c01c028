import { SettingsScreen, sectionMetadata } from "#app/(account)/settings/settings-screen.tsx";
import { KeyboardSettings } from "#components/account/keyboard-settings.tsx";
import { SettingsTitle } from "#components/account/settings-section.tsx";
import { toMe } from "#lib/server/auth/me.ts";

export const generateMetadata = () => sectionMetadata("keyboard");

export default function KeyboardPage() {
  return (
    <SettingsScreen section="keyboard">
      {({ person, t }) => (
        <>
          <SettingsTitle title={t("account.settings.keyboard")} />
          <KeyboardSettings me={toMe(person)} />
        </>
      )}
    </SettingsScreen>
  );
}

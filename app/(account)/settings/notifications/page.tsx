import { SettingsScreen, sectionMetadata } from "#app/(account)/settings/settings-screen.tsx";
import { NotificationSettings } from "#components/account/notification-settings.tsx";
import { SettingsTitle } from "#components/account/settings-section.tsx";
import { toMe } from "#lib/server/auth/me.ts";

export const generateMetadata = () => sectionMetadata("notifications");

export default function NotificationsPage() {
  return (
    <SettingsScreen section="notifications">
      {({ person, t }) => (
        <>
          <SettingsTitle title={t("account.settings.notifications")} />
          <NotificationSettings me={toMe(person)} />
        </>
      )}
    </SettingsScreen>
  );
}

import { SettingsScreen, sectionMetadata } from "#app/(account)/settings/settings-screen.tsx";
import { AuditLog } from "#components/account/audit-log.tsx";
import { SettingsTitle } from "#components/account/settings-section.tsx";

export const generateMetadata = () => sectionMetadata("audit");

export default function AuditPage() {
  return (
    <SettingsScreen section="audit">
      {({ t }) => (
        <>
          <SettingsTitle title={t("account.settings.audit")}>
            {t("account.audit.text")} {t("account.audit.verify")}
          </SettingsTitle>
          <AuditLog />
        </>
      )}
    </SettingsScreen>
  );
}

import { SettingsScreen, sectionMetadata } from "#app/(account)/settings/settings-screen.tsx";
import { LanguageChoice } from "#components/account/language-choice.tsx";
import { OidcLink } from "#components/account/oidc-link.tsx";
import { PasswordForm } from "#components/account/password-form.tsx";
import { ProfileForm } from "#components/account/profile-form.tsx";
import { SessionsList } from "#components/account/sessions-list.tsx";
import { SettingsSection, SettingsTitle } from "#components/account/settings-section.tsx";
import { hasPassword, toMe } from "#lib/server/auth/me.ts";
import type { Person } from "#lib/server/auth/session.ts";
import { setUpState } from "#lib/server/auth/set-up.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { getStore } from "#lib/server/store/open.ts";
import { type ErrorCode, errorStatus } from "#lib/shared/errors.ts";
import type { Text } from "#lib/shared/messages/text.ts";

export const generateMetadata = () => sectionMetadata("general");

/** A person's own name, language, password and sessions. */
export default async function GeneralPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { error } = await searchParams;
  const arrivedWith = typeof error === "string" && Object.hasOwn(errorStatus, error) ? (error as ErrorCode) : null;
  return (
    <SettingsScreen section="general">
      {({ person, t }) => <General person={person} t={t} arrivedWith={arrivedWith} />}
    </SettingsScreen>
  );
}

async function General({ person, t, arrivedWith }: { person: Person; t: Text; arrivedWith: ErrorCode | null }) {
  const store = getStore();
  const [withPassword, { oidc }] = await Promise.all([hasPassword(store, person), setUpState(store)]);
  const me = toMe(person);
  return (
    <>
      <SettingsTitle title={t("account.settings.general")} />
      <SettingsSection title={t("account.general.profile")}>
        <ProfileForm me={me} />
      </SettingsSection>
      <SettingsSection title={t("account.general.language")} help={t("account.general.languageHelp")}>
        <LanguageChoice me={me} />
      </SettingsSection>
      <SettingsSection title={t("account.general.passwordTitle")}>
        {withPassword ? (
          <PasswordForm me={me} minPasswordChars={limits.password.minChars} />
        ) : (
          <p className="text-ink-muted">
            {person.isDemo ? t("account.general.demoPassword") : t("account.general.noPassword")}
          </p>
        )}
      </SettingsSection>
      {oidc !== null && !person.isDemo && (
        <SettingsSection
          title={t("account.general.oidcTitle", { name: oidc.name })}
          help={t("account.general.oidcText")}
        >
          <OidcLink name={oidc.name} arrivedWith={arrivedWith} />
        </SettingsSection>
      )}
      <SettingsSection wide title={t("account.general.sessions")} help={t("account.general.sessionsHelp")}>
        <SessionsList />
      </SettingsSection>
    </>
  );
}

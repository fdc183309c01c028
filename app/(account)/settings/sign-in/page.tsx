import { headers } from "next/headers";
import type { ReactNode } from "react";
import { SettingsScreen, sectionMetadata } from "#app/(account)/settings/settings-screen.tsx";
import { FoldedLines } from "#components/account/folded-lines.tsx";
import { Facts, SettingsSection, SettingsTitle } from "#components/account/settings-section.tsx";
import { env } from "#lib/server/env.ts";
import { requestOrigin } from "#lib/server/http/origin.ts";
import { limits } from "#lib/server/limits/limits.ts";
import type { Text } from "#lib/shared/messages/text.ts";

export const generateMetadata = () => sectionMetadata("sign-in");

export default function SignInSettingsPage() {
  return <SettingsScreen section="sign-in">{({ t }) => <SignInSettings t={t} />}</SettingsScreen>;
}

/** How people come in: passwords, sessions, OpenID Connect. Read from the environment, so only shown here. */
async function SignInSettings({ t }: { t: Text }) {
  const { oidc, authUrl } = env();
  const { password, session, signIn } = limits;
  const origin = requestOrigin(new Headers(await headers()));
  const redirect = `${origin}/api/auth/callback/oidc`;
  return (
    <>
      <SettingsTitle title={t("account.settings.signIn")}>{t("account.signInPage.text")}</SettingsTitle>
      <SettingsSection wide title={t("account.signInPage.account")}>
        <Facts
          rows={[
            [t("account.signInPage.password"), t("account.signInPage.passwordFact", { count: password.minChars })],
            [
              t("account.signInPage.sessions"),
              t("account.signInPage.sessionsFact", { count: session.ageMs / 86_400_000 }),
            ],
            [
              t("account.signInPage.attempts"),
              t("account.signInPage.attemptsFact", {
                perAccount: signIn.failuresPerAccount,
                perAddress: signIn.failuresPerAddress,
                minutes: signIn.windowMs / 60_000,
              }),
            ],
            [
              t("account.signInPage.publicAddress"),
              authUrl === undefined ? (
                <span key="none" className="text-ink-muted">
                  {t("account.signInPage.publicAddressNone")}
                </span>
              ) : (
                <span key="address">
                  <span className="font-mono text-12">{authUrl.origin}</span>
                  <span className="ms-2 text-12 text-ink-muted">
                    {t("account.signInPage.fromVariable", { variable: "AUTH_URL" })}
                  </span>
                </span>
              ),
            ],
          ]}
        />
      </SettingsSection>
      <SettingsSection wide title={t("account.signInPage.oidc")} help={t("account.signInPage.oidcLinking")}>
        <Facts
          rows={[
            [
              t("account.signInPage.oidc"),
              oidc === undefined
                ? t("account.signInPage.oidcOff")
                : t("account.signInPage.oidcOn", { name: oidc.name }),
            ],
            ...(oidc === undefined
              ? []
              : [
                  [
                    t("account.signInPage.issuer"),
                    <span key="issuer" className="font-mono text-12">
                      {oidc.issuer}
                    </span>,
                  ] as [string, ReactNode],
                ]),
            [
              t("account.signInPage.redirect"),
              <span key="redirect">
                <span className="font-mono text-12 break-all">{redirect}</span>
                <span className="ms-2 text-12 text-ink-muted">{t("account.signInPage.redirectHelp")}</span>
              </span>,
            ],
          ]}
        />
        {oidc === undefined && (
          <div className="mt-3">
            <FoldedLines label={t("account.signInPage.showLines")} text={lines(origin)} />
          </div>
        )}
      </SettingsSection>
    </>
  );
}

function lines(origin: string): string {
  return [
    "AUTH_OIDC_ISSUER=https://id.example.org",
    "AUTH_OIDC_ID=breakwater",
    "AUTH_OIDC_SECRET=…",
    "AUTH_OIDC_NAME=Example ID",
    `AUTH_URL=${origin}`,
  ].join("\n");
}

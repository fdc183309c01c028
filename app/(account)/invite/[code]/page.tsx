import { Unlink } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { GateScreen } from "#app/(account)/gate-screen.tsx";
import { requestHost } from "#app/request-host.ts";
import { visitor } from "#app/visitor.ts";
import { AccountForm } from "#components/account/account-form.tsx";
import { GateTitle } from "#components/account/gate-title.tsx";
import { InvitationWithOidc } from "#components/account/invitation-with-oidc.tsx";
import { LocalTime } from "#components/account/local-time.tsx";
import { buttonClass } from "#components/ui/button.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { describeLink } from "#lib/server/auth/invitations.ts";
import { setUpState } from "#lib/server/auth/set-up.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { getStore } from "#lib/server/store/open.ts";
import { isAppError } from "#lib/shared/errors.ts";
import { getText } from "#lib/shared/messages/messages.ts";
import type { LinkView } from "#lib/shared/people.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: getText((await visitor()).locale)("account.invite.title") };
}

/** A one-time link: an invitation, or the way to a new password. */
export default async function InvitePage({ params }: { params: Promise<{ code: string }> }) {
  const [{ locale }, { code }] = await Promise.all([visitor(), params]);
  const t = getText(locale);
  const link = await readLink(code);
  if (link === null) {
    return (
      <GateScreen>
        <Empty
          level={1}
          icon={Unlink}
          title={t("account.invite.badTitle")}
          action={
            <Link href="/sign-in" className={buttonClass("outline", "large")}>
              {t("account.setUp.toSignIn")}
            </Link>
          }
        >
          {t("account.invite.badText")}
        </Empty>
      </GateScreen>
    );
  }
  const reset = link.kind === "reset";
  const { oidc } = await setUpState(getStore());
  const [before = "", after = ""] = t("account.invite.until", { time: "\u0000" }).split("\u0000");
  return (
    <GateScreen>
      <GateTitle title={reset ? t("account.invite.resetTitle") : t("account.invite.title")}>
        {reset
          ? t("account.invite.resetText", { email: link.email ?? "" })
          : t("account.invite.text", { host: await requestHost() })}{" "}
        {!reset && link.role === "admin" && t("account.invite.asAdmin")}
      </GateTitle>
      {!reset && oidc !== null && <InvitationWithOidc name={oidc.name} code={code} />}
      <AccountForm
        action={reset ? t("account.invite.resetAction") : t("account.invite.action")}
        ask={{ name: !reset, email: !reset && link.email === null }}
        fixedEmail={link.email}
        passwordLabel={reset ? t("account.invite.newPassword") : t("account.signIn.password")}
        minPasswordChars={limits.password.minChars}
        path={`/api/invitations/${encodeURIComponent(code)}`}
      />
      <p className="mt-5 text-12 text-ink-muted">
        {before}
        <LocalTime ms={link.expiresAt} />
        {after}
      </p>
    </GateScreen>
  );
}

async function readLink(code: string): Promise<LinkView | null> {
  if (!/^[\w-]{16,128}$/.test(code)) return null;
  try {
    return await describeLink(getStore(), code);
  } catch (error) {
    if (isAppError(error) && error.code === "code_invalid") return null;
    throw error;
  }
}

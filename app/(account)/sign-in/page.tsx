import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { GateScreen } from "#app/(account)/gate-screen.tsx";
import { requestHost } from "#app/request-host.ts";
import { visitor } from "#app/visitor.ts";
import { GateTitle } from "#components/account/gate-title.tsx";
import { SandboxPanel } from "#components/account/sandbox-panel.tsx";
import { SignInForm } from "#components/account/sign-in-form.tsx";
import { setUpState } from "#lib/server/auth/set-up.ts";
import { getStore } from "#lib/server/store/open.ts";
import { type ErrorCode, errorStatus } from "#lib/shared/errors.ts";
import { getText } from "#lib/shared/messages/messages.ts";
import { safePath } from "#lib/shared/safe-path.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: getText((await visitor()).locale)("account.signIn.title") };
}

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const [{ person, locale }, query] = await Promise.all([visitor(), searchParams]);
  const next = safePath(query["next"]);
  if (person !== null) redirect(next);
  const t = getText(locale);
  const { needed, demo, oidc } = await setUpState(getStore());
  const panel = demo ? (
    <SandboxPanel t={t}>
      <p className="mt-5 text-12 text-ink-muted">{t("account.sandbox.demoHint")}</p>
    </SandboxPanel>
  ) : undefined;
  return (
    <GateScreen aside={panel}>
      <GateTitle title={t("account.signIn.title")}>
        {needed ? t("account.signIn.setUpFirst") : t("account.signIn.to", { host: await requestHost() })}
      </GateTitle>
      <SignInForm next={next} oidc={oidc} arrivedWith={errorCode(query["error"])} />
    </GateScreen>
  );
}

function errorCode(given: string | string[] | undefined): ErrorCode | null {
  // `in` would find what every object inherits.
  return typeof given === "string" && Object.hasOwn(errorStatus, given) ? (given as ErrorCode) : null;
}

import { KeyRound } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { GateScreen } from "#app/(account)/gate-screen.tsx";
import { visitor } from "#app/visitor.ts";
import { AccountForm } from "#components/account/account-form.tsx";
import { DemoButton } from "#components/account/demo-button.tsx";
import { GateTitle } from "#components/account/gate-title.tsx";
import { SandboxPanel } from "#components/account/sandbox-panel.tsx";
import { buttonClass } from "#components/ui/button.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { setUpState } from "#lib/server/auth/set-up.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { getStore } from "#lib/server/store/open.ts";
import { getText } from "#lib/shared/messages/messages.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: getText((await visitor()).locale)("account.setUp.title") };
}

/** The address that the start prints, with its one-time code: the first admin, and in the sandbox the demo account. */
export default async function SetUpPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const [{ person, locale }, query] = await Promise.all([visitor(), searchParams]);
  if (person !== null) redirect("/");
  const t = getText(locale);
  const code = typeof query["code"] === "string" ? query["code"] : "";
  const { needed, demo } = await setUpState(getStore());
  const panel = demo ? <SandboxPanel t={t}>{code !== "" && <DemoButton code={code} />}</SandboxPanel> : undefined;
  return (
    <GateScreen aside={panel}>
      {!needed ? (
        <>
          <GateTitle title={t("account.setUp.doneTitle")}>{t("account.setUp.doneText")}</GateTitle>
          <Link href="/sign-in" className={`${buttonClass("filled", "large")} mt-8 w-full`}>
            {t("account.setUp.toSignIn")}
          </Link>
        </>
      ) : code === "" ? (
        <Empty level={1} icon={KeyRound} title={t("account.setUp.noCodeTitle")}>
          {t("account.setUp.noCodeText")}
        </Empty>
      ) : (
        <>
          <GateTitle title={t("account.setUp.title")}>{t("account.setUp.text")}</GateTitle>
          <AccountForm
            action={t("account.setUp.action")}
            ask={{ name: true, email: true }}
            fixedEmail={null}
            passwordLabel={t("account.signIn.password")}
            minPasswordChars={limits.password.minChars}
            path="/api/set-up"
            more={{ code }}
          />
        </>
      )}
    </GateScreen>
  );
}

import "server-only";
import { ShieldBan } from "lucide-react";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { requirePerson, visitor } from "#app/visitor.ts";
import { SettingsFrame } from "#components/account/settings-frame.tsx";
import { type SettingsSection, sectionText, serverSections } from "#components/account/settings-sections.ts";
import { Empty } from "#components/ui/empty.tsx";
import type { Person } from "#lib/server/auth/session.ts";
import { getText } from "#lib/shared/messages/messages.ts";
import type { Text } from "#lib/shared/messages/text.ts";

/**
 * One page of the settings: sends strangers to sign in, and shows the pages of this server to admins alone. `children` is
 * called only for whoever may see the page.
 */
export async function SettingsScreen({
  section,
  children,
}: {
  section: SettingsSection;
  children: (given: { person: Person; t: Text }) => ReactNode;
}) {
  const { person, locale } = await requirePerson(`/settings/${section}`);
  const t = getText(locale);
  const admin = person.role === "admin";
  const allowed = admin || !(serverSections as readonly string[]).includes(section);
  return (
    <SettingsFrame section={section} admin={admin}>
      {allowed ? (
        children({ person, t })
      ) : (
        <Empty level={1} icon={ShieldBan} title={t("account.settings.adminOnlyTitle")}>
          {t("account.settings.adminOnlyText")}
        </Empty>
      )}
    </SettingsFrame>
  );
}

/** The title of the tab. */
export async function sectionMetadata(section: SettingsSection): Promise<Metadata> {
  return { title: getText((await visitor()).locale)(sectionText[section]) };
}

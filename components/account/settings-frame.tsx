"use client";

import { ChevronDown } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useId } from "react";
import {
  personSections,
  type SettingsSection,
  sectionText,
  serverSections,
} from "#components/account/settings-sections.ts";
import { navItemClass } from "#components/layout/nav-item.tsx";
import { PageBar } from "#components/layout/page-bar.tsx";
import { buttonClass } from "#components/ui/button.tsx";
import { Menu, MenuGroup, MenuLink, MenuSeparator } from "#components/ui/menu.tsx";
import { useText } from "#lib/client/text.tsx";

/** A page of the settings: its bar, the sections in a second column (a menu where there is no room), its content. */
export function SettingsFrame({
  section,
  admin,
  children,
}: {
  section: SettingsSection;
  admin: boolean;
  children: ReactNode;
}) {
  const t = useText();
  return (
    <>
      <PageBar
        path={[{ label: t("account.settings.title"), href: "/settings/general" }]}
        title={t(sectionText[section])}
        below={t("account.settings.title")}
        actions={<SectionMenu section={section} admin={admin} />}
        phoneAction={<SectionMenu section={section} admin={admin} phone />}
      />
      <div className="flex min-h-0 flex-1">
        <nav
          aria-label={t("account.settings.title")}
          className="w-52 flex-none overflow-y-auto border-e border-line px-2 py-3 max-wide:hidden"
        >
          <SectionGroup label={t("account.settings.you")} sections={personSections} here={section} />
          {admin && <SectionGroup label={t("account.settings.server")} sections={serverSections} here={section} />}
        </nav>
        <div className="min-w-0 flex-1 overflow-y-auto px-6 pt-5 pb-16 max-narrow:px-4">{children}</div>
      </div>
    </>
  );
}

function SectionGroup({
  label,
  sections,
  here,
}: {
  label: string;
  sections: readonly SettingsSection[];
  here: SettingsSection;
}) {
  const t = useText();
  const id = useId();
  return (
    <div className="mb-4">
      <h2 id={id} className="flex h-7 items-center px-2 text-12 font-normal text-ink-muted">
        {label}
      </h2>
      <ul aria-labelledby={id}>
        {sections.map((section) => (
          <li key={section}>
            <Link
              href={`/settings/${section}`}
              aria-current={section === here ? "page" : undefined}
              className={navItemClass(section === here)}
            >
              {t(sectionText[section])}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

function SectionMenu({ section, admin, phone = false }: { section: SettingsSection; admin: boolean; phone?: boolean }) {
  const t = useText();
  const links = (sections: readonly SettingsSection[]) =>
    sections.map((each) => (
      <MenuLink
        key={each}
        render={(props) => (
          <Link href={`/settings/${each}`} aria-current={each === section ? "page" : undefined} {...props} />
        )}
      >
        {t(sectionText[each])}
      </MenuLink>
    ));
  return (
    <span className={phone ? "narrow:hidden" : "max-narrow:hidden wide:hidden"}>
      <Menu
        align="end"
        trigger={(props) => (
          <button
            type="button"
            {...props}
            aria-label={`${t("account.settings.section")}: ${t(sectionText[section])}`}
            className={
              phone
                ? "press flex size-7 items-center justify-center rounded text-ink-muted"
                : buttonClass("outline", "small")
            }
          >
            {!phone && t(sectionText[section])}
            <ChevronDown className={phone ? undefined : "icon-small text-ink-muted"} />
          </button>
        )}
      >
        <MenuGroup label={t("account.settings.you")}>{links(personSections)}</MenuGroup>
        {admin && (
          <>
            <MenuSeparator />
            <MenuGroup label={t("account.settings.server")}>{links(serverSections)}</MenuGroup>
          </>
        )}
      </Menu>
    </span>
  );
}

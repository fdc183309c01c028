"use client";

import { Languages, SunMoon } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { Mark } from "#components/ui/mark.tsx";
import { Menu, MenuRadioItem, type MenuTriggerProps } from "#components/ui/menu.tsx";
import { themes, usePreferences } from "#lib/client/preferences.ts";
import { useLocale, useText } from "#lib/client/text.tsx";
import { localeNames, locales } from "#lib/shared/messages/locale.ts";

/** The frame of the pages before signing in: the form on the left, what this server is on the right. */
export function Gate({ aside, version, children }: { aside?: ReactNode; version: string; children: ReactNode }) {
  const t = useText();
  return (
    <div className="flex min-h-dvh max-medium:flex-col">
      <main
        className={classNames(
          "flex flex-col bg-surface px-10 py-8 max-narrow:px-4 max-narrow:py-5",
          aside === undefined ? "flex-1" : "border-line medium:w-[41.6%] medium:border-e max-medium:flex-1",
        )}
      >
        <Link href="/" className="flex w-fit items-center gap-2 rounded text-15 font-semibold">
          <Mark size={22} />
          {t("common.appName")}
        </Link>
        <div className="flex flex-1 items-center justify-center py-10">
          <div className="w-full max-w-90">{children}</div>
        </div>
        <GateFoot version={version} />
      </main>
      {aside !== undefined && (
        <aside className="flex flex-1 items-center bg-canvas px-[min(6.1vw,5.5rem)] py-12 max-medium:flex-none max-medium:border-t max-medium:border-line max-narrow:px-4 max-narrow:py-8">
          <div className="w-full max-w-130">{aside}</div>
        </aside>
      )}
    </div>
  );
}

function GateFoot({ version }: { version: string }) {
  const t = useText();
  const locale = useLocale();
  const { theme, setTheme, setLocale } = usePreferences({ signedIn: false });
  const themeText = {
    system: t("layout.themeSystem"),
    light: t("layout.themeLight"),
    dark: t("layout.themeDark"),
  };
  return (
    <footer className="flex flex-wrap items-center gap-x-4 gap-y-1 text-12 text-ink-muted">
      <Menu
        side="above"
        trigger={(props) => (
          <FootButton {...props} label={`${t("account.signIn.language")}: ${localeNames[locale]}`}>
            <Languages className="icon-small" />
            {localeNames[locale]}
          </FootButton>
        )}
      >
        {locales.map((value) => (
          <MenuRadioItem key={value} lang={value} checked={value === locale} onSelect={() => setLocale(value)}>
            {localeNames[value]}
          </MenuRadioItem>
        ))}
      </Menu>
      <Menu
        side="above"
        trigger={(props) => (
          <FootButton {...props} label={`${t("account.signIn.theme")}: ${themeText[theme]}`}>
            <SunMoon className="icon-small" />
            <span suppressHydrationWarning>{themeText[theme]}</span>
          </FootButton>
        )}
      >
        {themes.map((value) => (
          <MenuRadioItem key={value} checked={value === theme} onSelect={() => setTheme(value)}>
            {themeText[value]}
          </MenuRadioItem>
        ))}
      </Menu>
      <span className="ms-auto">{t("account.signIn.version", { version })}</span>
    </footer>
  );
}

function FootButton({ label, children, ...props }: MenuTriggerProps & { label: string; children: ReactNode }) {
  return (
    <button
      type="button"
      {...props}
      aria-label={label}
      suppressHydrationWarning
      className="press -mx-1 flex h-7 items-center gap-2 rounded px-1 hover:text-ink"
    >
      {children}
    </button>
  );
}

"use client";

import { ChevronsUpDown, LogOut, UserRound } from "lucide-react";
import Link from "next/link";
import { Menu, MenuGroup, MenuItem, MenuLink, MenuRadioItem, MenuSeparator } from "#components/ui/menu.tsx";
import { themes, usePreferences } from "#lib/client/preferences.ts";
import { signOut } from "#lib/client/sign-in.ts";
import { useLocale, useText } from "#lib/client/text.tsx";
import { localeNames, locales } from "#lib/shared/messages/locale.ts";
import type { MeView } from "#lib/shared/people.ts";

/** Who is signed in, at the foot of the left bar, with what they change most often. */
export function PersonMenu({ me }: { me: MeView }) {
  const t = useText();
  const locale = useLocale();
  const { theme, setTheme, setLocale } = usePreferences();
  return (
    <Menu
      side="above"
      className="w-60"
      trigger={(props) => (
        <button
          type="button"
          {...props}
          data-tip-folded={me.name}
          className="press flex w-full items-center gap-2 rounded px-2 py-1.5 text-start hover:bg-wash aria-expanded:bg-wash folded:w-10 folded:justify-center folded:px-0"
        >
          <Disc name={me.name} />
          <span className="min-w-0 flex-1 folded:sr-only">
            <span className="block truncate text-ink">{me.name}</span>
            <span className="block truncate text-12 text-ink-muted">
              {me.isDemo ? t("layout.demo") : me.role === "admin" ? t("layout.admin") : t("layout.member")}
            </span>
          </span>
          <span className="sr-only">, {t("layout.personMenu")}</span>
          <ChevronsUpDown className="text-ink-muted folded:hidden" />
        </button>
      )}
    >
      <MenuLink icon={UserRound} render={(props) => <Link href="/settings/general" {...props} />}>
        {t("layout.yourSettings")}
      </MenuLink>
      <MenuSeparator />
      <MenuGroup label={t("layout.theme")}>
        {themes.map((value) => (
          <MenuRadioItem key={value} checked={value === theme} onSelect={() => setTheme(value)}>
            {t(themeText[value])}
          </MenuRadioItem>
        ))}
      </MenuGroup>
      <MenuGroup label={t("layout.language")}>
        {locales.map((value) => (
          <MenuRadioItem key={value} lang={value} checked={value === locale} onSelect={() => setLocale(value)}>
            {localeNames[value]}
          </MenuRadioItem>
        ))}
      </MenuGroup>
      <MenuSeparator />
      <MenuItem icon={LogOut} onSelect={() => void signOut()}>
        {t("layout.signOut")}
      </MenuItem>
    </Menu>
  );
}

export const themeText = {
  system: "layout.themeSystem",
  light: "layout.themeLight",
  dark: "layout.themeDark",
} as const;

function Disc({ name }: { name: string }) {
  return (
    <span
      aria-hidden="true"
      className="flex size-7 flex-none items-center justify-center rounded-full bg-tide-soft text-[11px]/none font-semibold text-ink"
    >
      {initials(name)}
    </span>
  );
}

/** The first letters of the first and the last word; of a Chinese name its last two characters. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  if (words.length === 1 && /^\p{Script=Han}+$/u.test(words[0] ?? "")) return [...(words[0] ?? "")].slice(-2).join("");
  const first = [...(words[0] ?? "")][0] ?? "";
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : "";
  return (first + last).toLocaleUpperCase();
}

"use client";

import { SettingsSection } from "#components/account/settings-section.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { type Glyph, StateGlyph } from "#components/ui/state-glyph.tsx";
import { usePreferences } from "#lib/client/preferences.ts";
import { useText } from "#lib/client/text.tsx";

const glyphs: Glyph[] = [
  "queued",
  "running",
  "done",
  "waiting",
  "attention",
  "failed",
  "stopped",
  "unknown",
  "retired",
];

/** Light, dark or as the system; and what the glyphs of states mean. */
export function AppearanceSettings() {
  const t = useText();
  const { theme, setTheme } = usePreferences();
  return (
    <>
      <SettingsSection title={t("account.appearance.theme")} help={t("account.appearance.themeHelp")}>
        <Segmented
          label={t("account.appearance.theme")}
          value={theme}
          onChange={setTheme}
          options={[
            { value: "system", label: t("layout.themeSystem") },
            { value: "light", label: t("layout.themeLight") },
            { value: "dark", label: t("layout.themeDark") },
          ]}
        />
      </SettingsSection>
      <SettingsSection title={t("account.appearance.motion")} help={t("account.appearance.motionText")}>
        <h3 className="text-12 font-normal text-ink-muted">{t("account.appearance.preview")}</h3>
        <ul className="mt-2 grid grid-cols-3 gap-x-6 gap-y-2 max-narrow:grid-cols-2">
          {glyphs.map((state) => (
            <li key={state} className="flex items-center gap-2">
              <StateGlyph state={state} />
              {t(`common.state.${state}`)}
            </li>
          ))}
        </ul>
      </SettingsSection>
    </>
  );
}

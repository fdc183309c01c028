"use client";

import { Choice } from "#components/account/choice.tsx";
import { SettingsSection } from "#components/account/settings-section.tsx";
import { useSave } from "#components/account/use-save.ts";
import { RequestFailure } from "#components/layout/request-failure.tsx";
import { Kbd, Keys, useIsMac } from "#components/ui/kbd.tsx";
import { useMe } from "#lib/client/me.ts";
import { useText } from "#lib/client/text.tsx";
import type { MeView } from "#lib/shared/people.ts";

/** Which key sends, and the shortcuts there are. */
export function KeyboardSettings({ me: initial }: { me: MeView }) {
  const t = useText();
  const me = useMe(initial);
  const { save, error } = useSave();
  const mod = useIsMac() ? "⌘" : "Ctrl";
  const byEnter = me.sendKey === "enter";
  const shortcuts: [keys: string, does: string][] = [
    ["Mod+J", t("account.keyboard.newChat")],
    ["Mod+K", t("account.keyboard.search")],
    [byEnter ? "Enter" : "Mod+Enter", t("account.keyboard.sendKey")],
    [byEnter ? "Shift+Enter" : "Enter", t("account.keyboard.breakLine")],
    ["Esc", t("account.keyboard.stop")],
  ];
  return (
    <>
      <SettingsSection title={t("account.keyboard.send")}>
        <Choice
          label={t("account.keyboard.send")}
          value={me.sendKey}
          onChange={(sendKey) => save({ sendKey })}
          options={[
            { value: "enter", label: t("account.keyboard.enter"), help: t("account.keyboard.enterHelp") },
            {
              value: "mod_enter",
              label: t("account.keyboard.modEnter", { mod }),
              help: t("account.keyboard.modEnterHelp"),
            },
          ]}
        />
        {error !== null && (
          <div className="mt-4">
            <RequestFailure error={error} />
          </div>
        )}
        <p className="mt-4 text-12 text-ink-muted text-pretty">{t("account.keyboard.touchNote")}</p>
      </SettingsSection>
      <SettingsSection title={t("account.keyboard.shortcuts")}>
        <table aria-label={t("account.keyboard.shortcuts")} className="w-full">
          <thead className="sr-only">
            <tr>
              <th scope="col">{t("account.keyboard.does")}</th>
              <th scope="col">{t("account.keyboard.keys")}</th>
            </tr>
          </thead>
          <tbody>
            {shortcuts.map(([keys, does]) => (
              <tr key={does} className="h-9 border-b border-line first:border-t">
                <td>{does}</td>
                <td className="text-end">
                  <span className="sr-only">{keys.replace("Mod", mod)}</span>
                  {keys === "Esc" ? <Kbd>Esc</Kbd> : <Keys keys={keys} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </SettingsSection>
    </>
  );
}

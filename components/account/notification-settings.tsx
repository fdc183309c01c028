"use client";

import { Choice } from "#components/account/choice.tsx";
import { SettingsSection } from "#components/account/settings-section.tsx";
import { useSave } from "#components/account/use-save.ts";
import { RequestFailure } from "#components/layout/request-failure.tsx";
import { useMe } from "#lib/client/me.ts";
import { useText } from "#lib/client/text.tsx";
import type { MeView } from "#lib/shared/people.ts";

/** What is announced of an answer. */
export function NotificationSettings({ me: initial }: { me: MeView }) {
  const t = useText();
  const me = useMe(initial);
  const { save, error } = useSave();
  return (
    <SettingsSection title={t("account.notifications.announce")}>
      <Choice
        label={t("account.notifications.announce")}
        value={me.announce}
        onChange={(announce) => save({ announce })}
        options={[
          {
            value: "sentences",
            label: t("account.notifications.sentences"),
            help: t("account.notifications.sentencesHelp"),
          },
          { value: "end", label: t("account.notifications.end"), help: t("account.notifications.endHelp") },
        ]}
      />
      {error !== null && (
        <div className="mt-4">
          <RequestFailure error={error} />
        </div>
      )}
      <p className="mt-6 text-ink-muted text-pretty">{t("account.notifications.more")}</p>
    </SettingsSection>
  );
}

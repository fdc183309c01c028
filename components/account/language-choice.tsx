"use client";

import { useId } from "react";
import { useSave } from "#components/account/use-save.ts";
import { RequestFailure } from "#components/layout/request-failure.tsx";
import { Select } from "#components/ui/select.tsx";
import { rememberInCookie } from "#lib/client/preferences.ts";
import { useText } from "#lib/client/text.tsx";
import { localeCookie } from "#lib/shared/cookies.ts";
import { isLocale, localeNames, locales } from "#lib/shared/messages/locale.ts";
import type { MeView } from "#lib/shared/people.ts";

export function LanguageChoice({ me }: { me: MeView }) {
  const t = useText();
  const { save, error, saving } = useSave();
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="sr-only">
        {t("account.general.language")}
      </label>
      <Select
        id={id}
        className="w-60"
        value={(saving?.locale === undefined ? me.locale : saving.locale) ?? ""}
        onChange={(event) => {
          const locale = isLocale(event.target.value) ? event.target.value : null;
          rememberInCookie(localeCookie, locale ?? "");
          save({ locale });
        }}
        options={[
          { value: "", label: t("account.general.browserLanguage") },
          ...locales.map((value) => ({ value, label: localeNames[value] })),
        ]}
      />
      {error !== null && <RequestFailure error={error} />}
    </div>
  );
}

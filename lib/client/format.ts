"use client";

import { useMemo } from "react";
import { useLocale, useText } from "#lib/client/text.tsx";

/** Dates and times in the person's language and the browser's time zone. For what comes after the first paint. */
export function useFormat() {
  const locale = useLocale();
  const t = useText();
  return useMemo(() => {
    // Day before month, as in the rest of the interface.
    const dates = locale === "en" ? "en-GB" : locale;
    const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const day = new Intl.DateTimeFormat(dates, { day: "numeric", month: "short", year: "numeric" });
    const full = new Intl.DateTimeFormat(dates, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
    const bytes = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
    return {
      /** `14:02` */
      clock: (ms: number) => clock.format(ms),
      /** `21 Nov 2026` */
      day: (ms: number) => day.format(ms),
      /** With seconds, for tooltips. */
      full: (ms: number) => full.format(ms),
      /** `today, 14:02`, `21 Nov 2026, 14:02` */
      moment(ms: number) {
        const time = clock.format(ms);
        const days = Math.round((startOfDay(Date.now()) - startOfDay(ms)) / 86_400_000);
        if (days === 0) return t("common.today", { time });
        if (days === 1) return t("common.yesterday", { time });
        return `${day.format(ms)} ${time}`;
      },
      /** `214 kB` */
      bytes(count: number) {
        const units = ["B", "kB", "MB", "GB"];
        const step = Math.min(units.length - 1, count < 1000 ? 0 : Math.floor(Math.log10(count) / 3));
        return `${bytes.format(count / 1000 ** step)} ${units[step]}`;
      },
    };
  }, [locale, t]);
}

function startOfDay(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}

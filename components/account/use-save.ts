"use client";

import { showToast } from "#components/ui/toast.tsx";
import { useChangeMe } from "#lib/client/me.ts";
import { useText } from "#lib/client/text.tsx";
import type { MeView } from "#lib/shared/people.ts";

/** Stores a preference as soon as it is chosen, and says so; what fails stands beside the choice. */
export function useSave() {
  const t = useText();
  const change = useChangeMe();
  return {
    save: (next: Partial<MeView>) =>
      change.mutate(next, { onSuccess: () => showToast({ text: t("account.settings.changedToast") }) }),
    /** What is on its way. */
    saving: change.isPending ? change.variables : undefined,
    error: change.error,
  };
}

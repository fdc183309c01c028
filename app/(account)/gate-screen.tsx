import "server-only";
import type { ReactNode } from "react";
import { visitor } from "#app/visitor.ts";
import { Gate } from "#components/account/gate.tsx";
import { TextProvider } from "#lib/client/text.tsx";
import { version } from "#lib/server/version.ts";
import { pickSections } from "#lib/shared/messages/messages.ts";

/** The frame of the pages that anybody may open, with the texts they need. */
export async function GateScreen({ aside, children }: { aside?: ReactNode; children: ReactNode }) {
  const { locale } = await visitor();
  return (
    <TextProvider locale={locale} sections={pickSections(locale, ["layout", "account"])}>
      <Gate version={version()} aside={aside}>
        {children}
      </Gate>
    </TextProvider>
  );
}

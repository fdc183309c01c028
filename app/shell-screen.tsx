import type { ReactNode } from "react";
import type { Visitor } from "#app/visitor.ts";
import { Shell } from "#components/layout/shell.tsx";
import { TextProvider } from "#lib/client/text.tsx";
import { demoIsOpen } from "#lib/server/auth/demo.ts";
import { toMe } from "#lib/server/auth/me.ts";
import type { Person } from "#lib/server/auth/session.ts";
import { pickSections } from "#lib/shared/messages/messages.ts";
import type { SectionName } from "#lib/shared/messages/text.ts";

/** The frame of every page of a signed-in person, with the texts that the frame and this group of pages need. */
export async function ShellScreen({
  visitor: { person, locale, barFolded },
  sections,
  children,
}: {
  visitor: Visitor & { person: Person };
  sections: SectionName[];
  children: ReactNode;
}) {
  return (
    <TextProvider locale={locale} sections={pickSections(locale, ["layout", ...sections])}>
      <Shell me={toMe(person)} sandbox={await demoIsOpen()} folded={barFolded}>
        {children}
      </Shell>
    </TextProvider>
  );
}

import type { ReactNode } from "react";
import type { Visitor } from "#app/visitor.ts";
import { ChatRoot } from "#components/chat/chat-root.tsx";
import { ConversationList } from "#components/chat/conversation-list.tsx";
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
  const me = toMe(person);
  const sandbox = await demoIsOpen();
  return (
    <TextProvider locale={locale} sections={pickSections(locale, ["layout", "conversations", ...sections])}>
      <ChatRoot me={me} sandbox={sandbox}>
        <Shell me={me} sandbox={sandbox} folded={barFolded} list={<ConversationList />}>
          {children}
        </Shell>
      </ChatRoot>
    </TextProvider>
  );
}

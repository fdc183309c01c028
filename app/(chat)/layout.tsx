import "#components/chat/chat.css";
import type { ReactNode } from "react";
import { ShellScreen } from "#app/shell-screen.tsx";
import { visitor } from "#app/visitor.ts";

/** The frame of the chat. It is no lock: every page authorises itself and knows where to come back to. */
export default async function ChatLayout({ children }: { children: ReactNode }) {
  const { person, ...rest } = await visitor();
  if (person === null) return children;
  return (
    <ShellScreen visitor={{ ...rest, person }} sections={["chat"]}>
      {children}
    </ShellScreen>
  );
}

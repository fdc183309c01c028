import type { ReactNode } from "react";
import { ShellScreen } from "#app/shell-screen.tsx";
import { visitor } from "#app/visitor.ts";

/** The frame of the settings. It is no lock: every page authorises itself and knows where to come back to. */
export default async function SettingsLayout({ children }: { children: ReactNode }) {
  const { person, ...rest } = await visitor();
  if (person === null) return children;
  return (
    <ShellScreen visitor={{ ...rest, person }} sections={["account", "connections"]}>
      {children}
    </ShellScreen>
  );
}

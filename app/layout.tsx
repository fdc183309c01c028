import "@fontsource-variable/geist/index.css";
import "#app/globals.css";
import type { Metadata, Viewport } from "next";
import { connection } from "next/server";
import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { visitor } from "#app/visitor.ts";
import { TooltipLayer } from "#components/ui/tooltip.tsx";
import { QueryProvider } from "#lib/client/query.tsx";
import { TextProvider } from "#lib/client/text.tsx";
import { pickSections } from "#lib/shared/messages/messages.ts";

export const metadata: Metadata = {
  title: { default: "Breakwater", template: "%s · Breakwater" },
  referrer: "no-referrer",
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  // The keyboard of a phone shrinks the page, so that the composer stays over it.
  interactiveWidget: "resizes-content",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fcfdfe" },
    { media: "(prefers-color-scheme: dark)", color: "#12191e" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  await connection();
  const { locale, nonce } = await visitor();
  return (
    <html lang={locale} suppressHydrationWarning>
      <body>
        <ThemeProvider attribute="data-theme" {...(nonce === undefined ? {} : { nonce })}>
          <TextProvider locale={locale} sections={pickSections(locale, ["common", "errors"])}>
            <QueryProvider>{children}</QueryProvider>
            <TooltipLayer />
          </TextProvider>
        </ThemeProvider>
      </body>
    </html>
  );
}

"use client";

import { PanelLeft, Search, Settings2, SquarePen } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import { useTheme } from "next-themes";
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { openPalette } from "#components/layout/commands.ts";
import { NavButton, NavLink } from "#components/layout/nav-item.tsx";
import { PersonMenu } from "#components/layout/person-menu.tsx";
import { ShellContext } from "#components/layout/shell-context.ts";
import { SignedOut } from "#components/layout/signed-out.tsx";
import { StatusDots } from "#components/layout/status-dots.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Keys } from "#components/ui/kbd.tsx";
import { Mark } from "#components/ui/mark.tsx";
import { Modal } from "#components/ui/modal.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { ToastRegion } from "#components/ui/toast.tsx";
import { rememberInCookie } from "#lib/client/preferences.ts";
import { useText } from "#lib/client/text.tsx";
import { barCookie } from "#lib/shared/cookies.ts";
import type { MeView } from "#lib/shared/people.ts";

interface ShellProps {
  me: MeView;
  /** The built-in upstream answers: marked on every page. */
  sandbox: boolean;
  /** Folded by the person, remembered in a cookie. */
  folded: boolean;
  /** The list of conversations, which alone scrolls. */
  list?: ReactNode;
  children: ReactNode;
}

/** The frame around every page of a signed-in person: the left bar, a drawer on a phone, and the page. */
export function Shell({ me, sandbox, folded, list, children }: ShellProps) {
  const t = useText();
  const router = useRouter();
  const pathname = usePathname();
  const [isFolded, setFolded] = useState(folded);
  const [over, setOver] = useState(false);
  const [drawerAt, setDrawerAt] = useState<string | null>(null);
  const { theme, setTheme } = useTheme();

  const openNavigation = useCallback(() => setDrawerAt(pathname), [pathname]);
  const actions = useMemo(() => ({ openNavigation }), [openNavigation]);
  const closeAll = useCallback(() => {
    setDrawerAt(null);
    setOver(false);
  }, []);

  // A browser that has not met this person yet takes their stored appearance once.
  // biome-ignore lint/correctness/useExhaustiveDependencies: later changes go from the browser to the store.
  useEffect(() => {
    if (theme !== undefined && theme !== me.theme) setTheme(me.theme);
  }, []);

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.isComposing || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      const key = event.key.toLowerCase();
      if (key !== "j" && key !== "k") return;
      event.preventDefault();
      closeAll();
      if (key === "k") openPalette();
      else router.push("/");
    }
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [closeAll, router]);

  function toggle() {
    if (window.matchMedia("(width < 60rem)").matches) return setOver(!over);
    rememberInCookie(barCookie, isFolded ? "open" : "folded");
    setFolded(!isFolded);
  }

  const bar = (inDrawer: boolean) => (
    <Bar
      me={me}
      sandbox={sandbox}
      list={list}
      pathname={pathname}
      onGo={closeAll}
      fold={
        inDrawer ? (
          <IconButton icon={PanelLeft} label={t("layout.closeNavigation")} onClick={closeAll} />
        ) : (
          <>
            <span className="folded:hidden">
              <IconButton icon={PanelLeft} label={t("layout.foldNavigation")} onClick={toggle} />
            </span>
            <span className="hidden folded:block">
              <IconButton icon={PanelLeft} label={t("layout.unfoldNavigation")} onClick={toggle} />
            </span>
          </>
        )
      }
    />
  );

  return (
    <ShellContext value={actions}>
      <div
        className="shell flex h-dvh overflow-hidden"
        data-bar={isFolded ? "folded" : "open"}
        data-over={over || undefined}
      >
        <a
          href="#content"
          className="sr-only focus:not-sr-only focus:float focus:fixed focus:start-2 focus:top-2 focus:z-50 focus:px-3 focus:py-2"
        >
          {t("common.skipToContent")}
        </a>
        <div className="bar-place flex-none max-narrow:hidden">
          <div className="bar flex h-full flex-col border-e border-line bg-canvas">{bar(false)}</div>
        </div>
        {over && (
          <div
            className="fixed inset-0 z-20 bg-scrim max-narrow:hidden medium:hidden"
            aria-hidden="true"
            onClick={closeAll}
          />
        )}
        <main id="content" tabIndex={-1} className="flex min-w-0 flex-1 flex-col bg-surface">
          {children}
        </main>
        <ToastRegion label={t("common.notifications")} closeLabel={t("common.dismiss")} />
      </div>
      {drawerAt === pathname && (
        <Modal
          labelledBy="navigation-title"
          onClose={closeAll}
          className="slide-in-start fixed inset-y-0 start-0 m-0 h-dvh max-h-none w-[min(20rem,calc(100vw-3rem))] border-e border-line bg-canvas text-ink shadow-float"
        >
          <div className="flex h-full flex-col">
            <h2 id="navigation-title" className="sr-only">
              {t("layout.navigation")}
            </h2>
            {bar(true)}
          </div>
        </Modal>
      )}
      <SignedOut />
    </ShellContext>
  );
}

function Bar({
  me,
  sandbox,
  list,
  pathname,
  fold,
  onGo,
}: {
  me: MeView;
  sandbox: boolean;
  list: ReactNode;
  pathname: string;
  fold: ReactNode;
  onGo: () => void;
}) {
  const t = useText();
  const inSettings = pathname.startsWith("/settings");
  return (
    <nav aria-label={t("layout.navigation")} className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-13 flex-none items-center gap-2 ps-4 pe-2 folded:flex-col folded:justify-center folded:px-0 folded:pt-2 folded:h-auto">
        <Mark size={20} />
        <span className="text-15 font-semibold folded:hidden">{t("common.appName")}</span>
        {sandbox && (
          <span className="ms-0.5 folded:hidden" data-tip={t("layout.sandboxOn")}>
            <Tag tone="sandbox">{t("common.sandbox")}</Tag>
          </span>
        )}
        <span className="ms-auto folded:ms-0">{fold}</span>
      </div>
      <div className="grid flex-none gap-0 px-2 folded:justify-center">
        <NavLink
          href="/"
          icon={SquarePen}
          label={t("layout.newChat")}
          aside={<Keys keys="Mod+J" />}
          current={pathname === "/"}
          onClick={onGo}
        />
        <NavButton
          icon={Search}
          label={t("layout.search")}
          aside={<Keys keys="Mod+K" />}
          onClick={() => {
            onGo();
            openPalette();
          }}
        />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 folded:invisible">{list}</div>
      <div className="flex-none border-t border-line px-2 py-2 folded:flex folded:justify-center">
        <NavLink
          href="/settings/general"
          icon={Settings2}
          label={t("layout.settings")}
          current={inSettings}
          onClick={onGo}
        />
      </div>
      <div className="flex-none border-t border-line pt-3 pb-2">
        <StatusDots admin={me.role === "admin"} />
        <div className="mt-1 px-2 folded:flex folded:justify-center">
          <PersonMenu me={me} />
        </div>
      </div>
    </nav>
  );
}

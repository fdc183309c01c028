import { FileSearch } from "lucide-react";
import Link from "next/link";
import { visitor } from "#app/visitor.ts";
import { buttonClass } from "#components/ui/button.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { Mark } from "#components/ui/mark.tsx";
import { getText } from "#lib/shared/messages/messages.ts";

export default async function NotFound() {
  const { locale } = await visitor();
  const t = getText(locale);
  return (
    <main className="flex min-h-full flex-col bg-surface p-6">
      <Link href="/" className="flex w-fit items-center gap-2 text-15 font-semibold">
        <Mark /> {t("common.appName")}
      </Link>
      <div className="flex flex-1 items-center justify-center pb-24">
        <Empty
          level={1}
          icon={FileSearch}
          title={t("common.page.notFoundTitle")}
          action={
            <Link href="/" className={buttonClass("filled")}>
              {t("common.page.home")}
            </Link>
          }
        >
          {t("common.page.notFoundText")}
        </Empty>
      </div>
    </main>
  );
}

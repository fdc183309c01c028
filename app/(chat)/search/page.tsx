import type { Metadata } from "next";
import { requirePerson } from "#app/visitor.ts";
import { SearchScreen } from "#components/chat/search-screen.tsx";
import { getText } from "#lib/shared/messages/messages.ts";

export async function generateMetadata(): Promise<Metadata> {
  const { locale } = await requirePerson("/search");
  return { title: getText(locale)("conversations.search.title") };
}

export default async function SearchPage() {
  await requirePerson("/search");
  return <SearchScreen />;
}

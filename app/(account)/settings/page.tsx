import { redirect } from "next/navigation";

/** Where the OpenID Connect provider sends a failed linking, and what somebody may type. */
export default async function SettingsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { error } = await searchParams;
  redirect(typeof error === "string" ? `/settings/general?error=${encodeURIComponent(error)}` : "/settings/general");
}

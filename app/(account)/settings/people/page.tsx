import { SettingsScreen, sectionMetadata } from "#app/(account)/settings/settings-screen.tsx";
import { PeopleSettings } from "#components/account/people-settings.tsx";
import { toMe } from "#lib/server/auth/me.ts";

export const generateMetadata = () => sectionMetadata("people");

export default function PeoplePage() {
  return <SettingsScreen section="people">{({ person }) => <PeopleSettings me={toMe(person)} />}</SettingsScreen>;
}

import { listPeople } from "#lib/server/auth/people.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

export const GET = handle({ access: "admin", act: () => listPeople(getStore()) });

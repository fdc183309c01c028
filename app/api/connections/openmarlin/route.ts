import { handle } from "#lib/server/http/handle.ts";
import {
  changeOpenMarlinConnection,
  openMarlinChangeSchema,
  openMarlinConnectionView,
} from "#lib/server/settings/change-openmarlin.ts";
import { getStore } from "#lib/server/store/open.ts";

export const GET = handle({ access: "admin", act: () => openMarlinConnectionView() });

export const PUT = handle({
  access: "admin",
  body: openMarlinChangeSchema,
  rate: "admin",
  act: ({ person, address, body }) => changeOpenMarlinConnection(getStore(), { person, address }, body),
});

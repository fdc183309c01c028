import { handle } from "#lib/server/http/handle.ts";
import { openMarlinModels } from "#lib/server/openmarlin/models.ts";
import { getStore } from "#lib/server/store/open.ts";

export const GET = handle({ access: "person", act: ({ person }) => openMarlinModels(getStore(), person.id) });

import { handle } from "#lib/server/http/handle.ts";
import { disconnectOpenMarlin, openMarlinView } from "#lib/server/openmarlin/connect.ts";
import { getStore } from "#lib/server/store/open.ts";

/** How OpenMarlin stands for this person, and what is stored of them. */
export const GET = handle({ access: "person", act: ({ person }) => openMarlinView(getStore(), person) });

/** Forgets the person's key. */
export const DELETE = handle({ access: "person", act: ({ person }) => disconnectOpenMarlin(getStore(), person) });

import { referralView } from "#lib/server/billing/balance.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

export const GET = handle({ access: "person", act: ({ person }) => referralView(getStore(), person) });

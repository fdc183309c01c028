import type { account as english } from "#lib/shared/messages/en/account.ts";
import type { Translated } from "#lib/shared/messages/text.ts";

export const account: Translated<typeof english> = {};

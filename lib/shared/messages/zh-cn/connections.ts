import type { connections as english } from "#lib/shared/messages/en/connections.ts";
import type { Translated } from "#lib/shared/messages/text.ts";

export const connections: Translated<typeof english> = {};

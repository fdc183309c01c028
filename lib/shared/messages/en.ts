import { account } from "./en/account.ts";
import { chat } from "./en/chat.ts";
import { common } from "./en/common.ts";
import { connections } from "./en/connections.ts";
import { conversations } from "./en/conversations.ts";
import { errors } from "./en/errors.ts";
import { layout } from "./en/layout.ts";
import { transcript } from "./en/transcript.ts";

/** English, which gives every other language its shape. */
export const en = { common, layout, errors, chat, account, connections, conversations, transcript } as const;

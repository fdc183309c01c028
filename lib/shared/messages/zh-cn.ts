import type { en } from "./en.ts";
import type { Translated } from "./text.ts";
import { account } from "./zh-cn/account.ts";
import { chat } from "./zh-cn/chat.ts";
import { common } from "./zh-cn/common.ts";
import { connections } from "./zh-cn/connections.ts";
import { conversations } from "./zh-cn/conversations.ts";
import { errors } from "./zh-cn/errors.ts";
import { layout } from "./zh-cn/layout.ts";
import { transcript } from "./zh-cn/transcript.ts";

/** Simplified Chinese. */
export const zhCn: Translated<typeof en> = {
  common,
  layout,
  errors,
  chat,
  account,
  connections,
  conversations,
  transcript,
};

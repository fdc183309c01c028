import type { chat as english } from "#lib/shared/messages/en/chat.ts";
import type { Translated } from "#lib/shared/messages/text.ts";

export const chat: Translated<typeof english> = {
  newChat: "新对话",
  continuePrompt: "请从上一条回答中断的地方继续。",
};

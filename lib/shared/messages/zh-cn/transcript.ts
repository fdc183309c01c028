import type { transcript as english } from "#lib/shared/messages/en/transcript.ts";
import type { Translated } from "#lib/shared/messages/text.ts";

export const transcript: Translated<typeof english> = {
  you: "你",
  answer: "回答",
  started: "始于 {time}（UTC），导出于 {now}（UTC）。",
  image: "图片：{name}",
  states: {
    queued: "导出时仍在排队。",
    streaming: "导出时仍在生成。",
    stopped: "已在此处停止。",
    interrupted: "在此处中断。",
    failed: "此回答失败。",
    waiting_for_credit: "导出时正在等待充值。",
  },
};

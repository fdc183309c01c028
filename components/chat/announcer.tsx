"use client";

import { useEffect, useState } from "react";
import { useChatPerson } from "#components/chat/chat-person.tsx";
import { liveRun, onRunEnd } from "#lib/client/live-runs.ts";
import { useText } from "#lib/client/text.tsx";
import { countWords } from "#lib/shared/chat/count-words.ts";

const everyMs = 4000;

/** Tells a screen reader of an answer: whole sentences now and then, or only its end. The growing text itself is silent. */
export function Announcer({ conversationId, runId }: { conversationId: string; runId: string | null }) {
  const t = useText();
  const { announce } = useChatPerson().me;
  const [words, setWords] = useState("");

  useEffect(() => {
    if (runId === null || announce === "end") return;
    let told = liveRun(runId)?.answer.text.length ?? 0;
    const timer = window.setInterval(() => {
      const text = liveRun(runId)?.answer.text ?? "";
      const end = endOfSentences(text, told);
      if (end <= told) return;
      setWords(plain(text.slice(told, end)));
      told = end;
    }, everyMs);
    return () => window.clearInterval(timer);
  }, [runId, announce]);

  useEffect(
    () =>
      onRunEnd((run, end) => {
        if (run.conversationId !== conversationId) return;
        const { state } = end;
        setWords(
          state === "complete"
            ? t("chat.announce.complete", { count: countWords(run.answer.text) })
            : t(`chat.announce.${state === "waiting_for_credit" ? "waiting" : state}`),
        );
      }),
    [conversationId, t],
  );

  return (
    <div role="status" aria-live="polite" className="sr-only">
      {words}
    </div>
  );
}

/** Index after the last whole sentence or line. */
function endOfSentences(text: string, from: number): number {
  let end = from;
  for (const { index, 0: mark } of text.slice(from).matchAll(/[.!?…]["')\]]*(?=\s)|[。!?]|\n/g)) {
    end = from + index + mark.length;
  }
  return end;
}

/** Without the marks, which would be read aloud. */
function plain(markdown: string): string {
  return markdown
    .replaceAll(/^\s*(?:```.*|\|?[\s:|-]+\|?)$/gm, "")
    .replaceAll(/\]\([^)]*\)/g, "")
    .replaceAll(/[*_`#>|[\]~]/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

import { expect, test } from "vitest";
import type { ConversationView, MessageState } from "#lib/shared/chat/types.ts";
import { type Acknowledged, findBroken } from "#scripts/soak/ledger.ts";
import { HttpPerson } from "#scripts/support/person.ts";

const tokens = ["0:aaaaaa_", "1:aaaaab_", "2:aaaaac_"];

function entry(changes: Partial<Acknowledged> = {}): Acknowledged {
  return {
    owner: new HttpPerson("http://127.0.0.1"),
    conversationId: "c",
    userMessageId: "u",
    assistantMessageId: "a",
    text: "[[n=3 every=10]]",
    pieces: tokens.map((text, index) => ({ text, at: index * 1000 })),
    ended: null,
    ...changes,
  };
}

function view(state: MessageState, text: string, question = "[[n=3 every=10]]"): ConversationView {
  // Only what the ledger reads.
  return {
    messages: [
      { id: "u", text: question },
      { id: "a", text, state },
    ],
  } as unknown as ConversationView;
}

test("an interrupted answer that kept everything older than a second breaks nothing", () => {
  expect(findBroken(entry(), view("interrupted", "0:aaaaaa_1:aaaaab_"), 2500)).toEqual([]);
});

test.each<[string, Acknowledged, ConversationView, string]>([
  ["a lost message", entry(), { ...view("interrupted", ""), messages: [] }, "the message u is lost"],
  ["a changed message", entry(), view("interrupted", tokens.join(""), "other"), "the message u is changed"],
  ["an answer that still streams", entry(), view("streaming", tokens.join("")), "is still streaming"],
  ["a cut answer that calls itself complete", entry(), view("complete", "0:aaaaaa_1:aaaaab_"), "calls itself complete"],
  [
    "a finished answer that is not finished any more",
    entry({ ended: "complete" }),
    view("interrupted", tokens.join("")),
    "is interrupted",
  ],
  ["text older than a second that is gone", entry(), view("interrupted", "0:aaaaaa_"), "lost text older"],
  ["other text than was seen", entry(), view("interrupted", "0:aaaaaa_1:aaaaab_9:zzzzzz_"), "other text"],
])("%s is a broken promise", (_, acknowledged, stored, problem) => {
  expect(findBroken(acknowledged, stored, 2500).join("; ")).toContain(problem);
});

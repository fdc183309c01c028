import { expect, test } from "vitest";
import { withOlder } from "#lib/client/chat-queries.ts";
import type { Outgoing } from "#lib/client/outbox.ts";
import type { ConversationView, MessageView, SendRequest } from "#lib/shared/chat/types.ts";
import { withOutgoing } from "./shown-messages.ts";

function message(id: string, role: MessageView["role"] = "user"): MessageView {
  return {
    id,
    conversationId: "c",
    parentId: null,
    role,
    state: "complete",
    text: id,
    agentId: "main",
    model: null,
    runId: null,
    createdAt: 1,
    endedAt: 1,
    finishReason: null,
    problem: null,
    metrics: {},
    attachments: [],
    siblingIds: [id],
  };
}

function view(ids: string[], more: Partial<ConversationView> = {}): ConversationView {
  return {
    conversation: {
      id: "c",
      title: "",
      agentId: "main",
      createdAt: 1,
      updatedAt: 1,
      pinned: false,
      archived: false,
      state: null,
      unread: false,
      readOnly: false,
    },
    messages: ids.map((id) => message(id, id.startsWith("a") ? "assistant" : "user")),
    hasOlder: false,
    queue: [],
    activeRunId: null,
    queuePaused: false,
    ...more,
  };
}

function sending(intent: SendRequest["intent"], failure: Outgoing["failure"] = null): Outgoing {
  return { request: { requestId: "r", conversationId: "c", agentId: "main", intent }, attachments: [], at: 5, failure };
}

const send: SendRequest["intent"] = { kind: "send", parentId: "a2", text: "new", attachmentIds: [] };

test.each([
  ["a message and its answer", sending(send), ["u1", "a1", "u2", "a2", "r:user", "r:assistant"]],
  [
    "an edited message in place of what followed",
    sending({ kind: "edit", messageId: "u2", text: "x", attachmentIds: [] }),
    ["u1", "a1", "r:user", "r:assistant"],
  ],
  [
    "another answer in place of the one it replaces",
    sending({ kind: "regenerate", messageId: "a1" }),
    ["u1", "r:assistant"],
  ],
  [
    "what goes on under a broken answer",
    sending({ kind: "continue", messageId: "a2" }),
    ["u1", "a1", "u2", "a2", "r:assistant"],
  ],
  [
    "nothing of what failed, since the composer has it",
    sending(send, {} as Outgoing["failure"]),
    ["u1", "a1", "u2", "a2"],
  ],
])("a send shows %s before the server has it", (_, outgoing, ids) => {
  const { messages } = withOutgoing(view(["u1", "a1", "u2", "a2"]), outgoing);
  expect(messages.map(({ id }) => id)).toEqual(ids);
});

test("a send while an answer runs shows as one that waits, and the transcript stays", () => {
  const shown = withOutgoing(view(["u1", "a1"], { activeRunId: "run" }), sending(send));
  expect(shown.messages).toHaveLength(2);
  expect(shown.queueing).toEqual({ text: "new", images: 0 });
});

test("a newer page keeps the older messages of the same branch, and drops those of another", () => {
  const known = view(["u1", "a1", "u2", "a2"], { hasOlder: true });
  const ids = ({ messages }: ConversationView) => messages.map(({ id }) => id);
  expect(ids(withOlder(known, view(["u2", "a2", "u3", "a3"], { hasOlder: true })))).toEqual([
    "u1",
    "a1",
    "u2",
    "a2",
    "u3",
    "a3",
  ]);
  expect(withOlder(known, view(["u2", "a2"], { hasOlder: true })).hasOlder).toBe(true);
  expect(ids(withOlder(known, view(["u9", "a9"], { hasOlder: true })))).toEqual(["u9", "a9"]);
});

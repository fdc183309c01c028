import { randomUUID } from "node:crypto";
import type { Belongings } from "#e2e/support/belongings.ts";

export interface Attempt {
  what: string;
  method: string;
  path: string;
  body?: unknown;
}

/** Every way to name another person's things: in paths, in queries, and in bodies beside one's own. */
export function attemptsOn(theirs: Belongings, mine: Belongings): Attempt[] {
  const attempts: Attempt[] = [];
  const add = (method: string, path: string, what = "", body?: unknown) =>
    attempts.push({ what: `${method} ${path} ${what}`, method, path, ...(body === undefined ? {} : { body }) });

  for (const kind of ["conversationId", "archivedId", "deletedId", "busyId"] as const) {
    const path = `/api/conversations/${theirs[kind]}`;
    add("GET", path, kind);
    add("GET", `${path}?around=${theirs.answerId}`, kind);
    add("GET", `${path}?before=${mine.answerId}`, kind);
    add("GET", `${path}/export?format=md`, kind);
    add("GET", `${path}/export?format=json`, kind);
    add("PATCH", path, kind, { title: "taken over" });
    add("PATCH", path, kind, { pinned: true, archived: true, seen: true });
    add("PATCH", path, kind, { leafMessageId: theirs.userMessageId });
    add("PATCH", path, kind, { resumeQueue: true });
    add("POST", `${path}/restore`, kind, {});
    add("GET", `/api/drafts/${theirs[kind]}`, kind);
    add("PUT", `/api/drafts/${theirs[kind]}`, kind, { text: "mine", attachmentIds: [], version: 0 });
    add("PUT", `/api/drafts/${theirs[kind]}`, kind, { text: "mine", attachmentIds: [], version: 1 });
    add(
      "POST",
      "/api/chat",
      `send to ${kind}`,
      send(theirs[kind], { kind: "send", parentId: theirs.answerId, ...words() }),
    );
    add("POST", "/api/chat", `begin ${kind}`, send(theirs[kind], { kind: "send", parentId: null, ...words() }));
  }
  for (const kind of ["runId", "busyRunId"] as const) {
    add("GET", `/api/runs/${theirs[kind]}/events`, kind);
    add("POST", `/api/runs/${theirs[kind]}/stop`, kind, {});
  }
  add("PATCH", `/api/queue/${theirs.queuedId}`, "", { text: "mine", version: 1 });
  add("PATCH", `/api/queue/${theirs.queuedId}`, "stale", { text: "mine", version: 7 });
  for (const query of ["", "?version=1", "?version=7"]) add("DELETE", `/api/queue/${theirs.queuedId}${query}`);
  for (const kind of ["freeImageId", "sentImageId", "draftImageId"] as const) {
    add("GET", `/api/attachments/${theirs[kind]}`, kind);
    add("DELETE", `/api/attachments/${theirs[kind]}`, kind);
    const attachmentIds = [theirs[kind]];
    const mixed = [mine.freeImageId, theirs[kind]];
    add("PUT", `/api/drafts/${mine.conversationId}`, kind, { text: "x", attachmentIds, version: 1 });
    add("PUT", "/api/drafts/new", kind, { text: "x", attachmentIds: mixed, version: 0 });
    add("POST", "/api/chat", kind, send(null, { kind: "send", parentId: null, ...words(attachmentIds) }));
    const reply = { kind: "send", parentId: mine.answerId, ...words(mixed) };
    add("POST", "/api/chat", kind, send(mine.conversationId, reply));
    add(
      "POST",
      "/api/chat",
      kind,
      send(mine.conversationId, { kind: "edit", messageId: mine.userMessageId, ...words(attachmentIds) }),
    );
  }
  for (const kind of ["userMessageId", "answerId"] as const) {
    const messageId = theirs[kind];
    for (const query of ["before", "around"])
      add("GET", `/api/conversations/${mine.conversationId}?${query}=${messageId}`, kind);
    add("PATCH", `/api/conversations/${mine.conversationId}`, kind, { leafMessageId: messageId });
    for (const conversationId of [mine.conversationId, theirs.conversationId]) {
      const own = conversationId === mine.conversationId ? "own" : "their";
      add(
        "POST",
        "/api/chat",
        `${kind} in ${own}`,
        send(conversationId, { kind: "send", parentId: messageId, ...words() }),
      );
      add("POST", "/api/chat", `${kind} in ${own}`, send(conversationId, { kind: "edit", messageId, ...words() }));
      add("POST", "/api/chat", `${kind} in ${own}`, send(conversationId, { kind: "regenerate", messageId }));
      add("POST", "/api/chat", `${kind} in ${own}`, send(conversationId, { kind: "continue", messageId }));
    }
    add("POST", "/api/chat", `${kind} in a new one`, send(null, { kind: "send", parentId: messageId, ...words() }));
  }
  add("DELETE", `/api/me/sessions/${theirs.sessionId}`);
  // What ends things comes last: were it done, the others would find nothing.
  for (const kind of ["conversationId", "archivedId", "deletedId", "busyId"] as const) {
    add("DELETE", `/api/conversations/${theirs[kind]}`, kind);
  }
  // An id of one kind in the place of another.
  add("GET", `/api/conversations/${theirs.runId}`, "a run");
  add("GET", `/api/attachments/${theirs.conversationId}`, "a conversation");
  add("GET", `/api/runs/${theirs.answerId}/events`, "a message");
  return attempts;
}

function send(conversationId: string | null, intent: Record<string, unknown>): unknown {
  return { requestId: randomUUID(), conversationId, agentId: "main", intent };
}

function words(attachmentIds: string[] = []): { text: string; attachmentIds: string[] } {
  return { text: "hello", attachmentIds };
}

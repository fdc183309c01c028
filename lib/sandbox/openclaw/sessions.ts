import { createHash, randomUUID } from "node:crypto";
import type { SandboxStore } from "#lib/sandbox/store.ts";

/** Sessions and their messages, as the gateway keeps them: for ever, across restarts. */
export const sessionTables = `
CREATE TABLE IF NOT EXISTS openclaw_sessions (
  key TEXT PRIMARY KEY, agent TEXT NOT NULL, session_id TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  model TEXT NOT NULL, status TEXT NOT NULL, total_tokens INTEGER, next_seq INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS openclaw_sessions_recent ON openclaw_sessions (updated_at);
CREATE TABLE IF NOT EXISTS openclaw_messages (
  session_key TEXT NOT NULL REFERENCES openclaw_sessions (key), seq INTEGER NOT NULL,
  id TEXT NOT NULL, run_id TEXT NOT NULL, at INTEGER NOT NULL, unanswered INTEGER NOT NULL, content TEXT NOT NULL,
  PRIMARY KEY (session_key, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS openclaw_cooldowns (agent TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
`;

/** What one row says. */
export type Content =
  | { role: "user"; text: string; images: { mimeType: string; bytes: number }[] }
  | {
      role: "assistant";
      text: string;
      toolCall: { id: string; name: string; arguments: unknown } | null;
      model: string;
      usage: { input: number; output: number };
      stopReason: "stop" | "length" | "toolUse" | "error";
    }
  | { role: "toolResult"; toolCallId: string; toolName: string; text: string; isError: boolean };

export interface StoredMessage {
  seq: number;
  id: string;
  runId: string;
  at: number;
  /** A user message whose turn was cut off. It is taken out when the next turn begins. */
  unanswered: boolean;
  content: Content;
}

export interface SessionRow {
  key: string;
  agent: string;
  sessionId: string;
  createdAt: number;
  updatedAt: number;
  model: string;
  status: "running" | "done";
  totalTokens: number | null;
}

export type Sessions = ReturnType<typeof makeSessions>;

export function makeSessions({ db }: SandboxStore) {
  const listeners = new Map<string, Set<(message: StoredMessage) => void>>();
  const sessionColumns =
    "key, agent, session_id AS sessionId, created_at AS createdAt, updated_at AS updatedAt, model, status, total_tokens AS totalTokens";
  const one = db.prepare<[string], SessionRow>(`SELECT ${sessionColumns} FROM openclaw_sessions WHERE key = ?`);
  const recent = db.prepare<[number, number], SessionRow>(
    `SELECT ${sessionColumns} FROM openclaw_sessions ORDER BY updated_at DESC, key LIMIT ? OFFSET ?`,
  );
  const upsert = db.prepare(
    `INSERT INTO openclaw_sessions (key, agent, session_id, created_at, updated_at, model, status)
     VALUES (@key, @agent, @sessionId, @at, @at, @model, 'running')
     ON CONFLICT (key) DO UPDATE SET updated_at = @at, status = 'running', model = @model`,
  );
  const close = db.prepare(
    "UPDATE openclaw_sessions SET updated_at = @at, status = 'done', total_tokens = coalesce(@totalTokens, total_tokens) WHERE key = @key",
  );
  const all = db.prepare<[string], Row>("SELECT * FROM openclaw_messages WHERE session_key = ? ORDER BY seq");
  const takeSeq = db
    .prepare<[string], number>(
      "UPDATE openclaw_sessions SET next_seq = next_seq + 1 WHERE key = ? RETURNING next_seq - 1",
    )
    .pluck();
  const giveBackSeq = db.prepare("UPDATE openclaw_sessions SET next_seq = ? WHERE key = ?");
  const insert = db.prepare(
    "INSERT INTO openclaw_messages (session_key, seq, id, run_id, at, unanswered, content) VALUES (@key, @seq, @id, @runId, @at, @unanswered, @content)",
  );
  const removeFrom = db.prepare("DELETE FROM openclaw_messages WHERE session_key = ? AND seq >= ?");
  const answered = db.prepare("UPDATE openclaw_messages SET unanswered = 0 WHERE session_key = ? AND run_id = ?");
  const coolingUntil = db.prepare<[string], number>("SELECT until FROM openclaw_cooldowns WHERE agent = ?").pluck();
  const coolDown = db.prepare("INSERT OR REPLACE INTO openclaw_cooldowns (agent, until) VALUES (?, ?)");
  const warmUp = db.prepare("DELETE FROM openclaw_cooldowns");

  return {
    find: (key: string): SessionRow | undefined => one.get(key),
    list: (limit: number, offset: number): SessionRow[] => recent.all(limit, offset),
    messages: (key: string): StoredMessage[] => all.all(key).map(fromRow),

    /** Makes the session when it is new. */
    open(key: string, agent: string, model: string): void {
      upsert.run({ key, agent, sessionId: randomUUID(), at: Date.now(), model });
    },
    close(key: string, totalTokens: number | null): void {
      close.run({ key, totalTokens, at: Date.now() });
    },
    append(key: string, runId: string, content: Content, unanswered = false): StoredMessage {
      const message = { seq: takeSeq.get(key) ?? 1, id: randomUUID(), runId, at: Date.now(), unanswered, content };
      insert.run({ ...message, key, unanswered: unanswered ? 1 : 0, content: JSON.stringify(content) });
      for (const listener of listeners.get(key) ?? []) listener(message);
      return message;
    },
    /** The turn of this run has an end; its user message stays for good. */
    settle: (key: string, runId: string): void => void answered.run(key, runId),
    /** Takes out a message and everything behind it; their numbers are used again. */
    removeFrom(key: string, seq: number): void {
      removeFrom.run(key, seq);
      giveBackSeq.run(seq, key);
    },
    /** Calls `listener` for every message stored from now on. Returns the end of it. */
    listen(key: string, listener: (message: StoredMessage) => void): () => void {
      const set = listeners.get(key) ?? new Set();
      listeners.set(key, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0 && listeners.get(key) === set) listeners.delete(key);
      };
    },
    coolingUntil: (agent: string): number => coolingUntil.get(agent) ?? 0,
    coolDown: (agent: string, until: number): void => void coolDown.run(agent, Math.ceil(until)),
    warmUp: (): void => void warmUp.run(),
    forgetAll: (): void => void db.exec("DELETE FROM openclaw_messages; DELETE FROM openclaw_sessions"),
  };
}

/** How the history names the transcript of a session. */
export function transcriptSource(sessionId: string): string {
  return createHash("sha256").update(sessionId).digest("base64url");
}

interface Row {
  seq: number;
  id: string;
  run_id: string;
  at: number;
  unanswered: number;
  content: string;
}

function fromRow(row: Row): StoredMessage {
  return {
    seq: row.seq,
    id: row.id,
    runId: row.run_id,
    at: row.at,
    unanswered: row.unanswered === 1,
    // Written by append() alone, from a Content.
    content: JSON.parse(row.content) as Content,
  };
}

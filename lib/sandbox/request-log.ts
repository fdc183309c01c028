import type { UpstreamName } from "#lib/sandbox/faults.ts";

/** One line of what the sandbox saw, newest last. Tests read it through `GET /__control/requests`. */
export type LogEntry = { seq: number; at: number } & LogFacts;

export type LogFacts =
  /** A request arrived. Headers without the credential. */
  | { kind: "request"; upstream: UpstreamName; method: string; path: string; headers: Record<string, string> }
  /** The answer left whole, or the client left first. */
  | {
      kind: "answer";
      upstream: UpstreamName;
      method: string;
      path: string;
      status: number;
      ms: number;
      complete: boolean;
    }
  /** The model was called: what it was shown. */
  | ModelCallFacts
  /** OpenMarlin accepted an execution: what it was asked. */
  | {
      kind: "execution";
      requestId: string;
      workspaceId: string;
      providerId: string;
      model: string;
      sessionKey: string | null;
      stream: boolean;
      instruction: string;
    }
  /** The client went away and the model call was cancelled. `ms` since that call began. */
  | { kind: "client-abort"; agent: string; session: string; last: string; ms: number };

export interface ModelCallFacts {
  kind: "chat";
  agent: string;
  session: string;
  model: string;
  /** User turns and images in everything the model was shown, and the newest user turn as it was worded for the model. */
  users: number;
  images: number;
  last: string;
  /** Roles of all messages, comma separated. */
  roles: string;
  toolResults: string[];
  /** Texts of `system` and `developer` messages of this request. */
  system: string[];
  /** Size of the new images, in bytes each. */
  imageBytes: number[];
}

export interface RequestLog {
  add(facts: LogFacts): void;
  /** Entries with a greater `seq`. */
  after(seq: number): LogEntry[];
  clear(): void;
}

/** A log of the newest `capacity` entries. `seq` goes on across `clear()`. */
export function makeRequestLog(capacity = 5000): RequestLog {
  let entries: LogEntry[] = [];
  let seq = 0;
  return {
    add(facts) {
      entries.push({ seq: ++seq, at: Date.now(), ...facts });
      if (entries.length > capacity * 2) entries = entries.slice(-capacity);
    },
    after: (from) => entries.filter((entry) => entry.seq > from).slice(-capacity),
    clear() {
      entries = [];
    },
  };
}

import type { Charge, Ledger } from "#lib/sandbox/openmarlin/ledger.ts";
import type { SandboxStore } from "#lib/sandbox/store.ts";

export const executionTables = `
CREATE TABLE IF NOT EXISTS openmarlin_executions (
  seq INTEGER PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, workspace_id TEXT NOT NULL, session_key TEXT,
  provider_id TEXT NOT NULL, model TEXT NOT NULL, instruction TEXT NOT NULL, output TEXT, state TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS openmarlin_executions_session ON openmarlin_executions (workspace_id, session_key);
`;

export interface Execution {
  requestId: string;
  workspaceId: string;
  sessionKey: string | null;
  providerId: string;
  model: string;
  instruction: string;
}

export type Executions = ReturnType<typeof makeExecutions>;

export function makeExecutions({ db }: SandboxStore, ledger: Ledger) {
  const insert = db.prepare(
    `INSERT INTO openmarlin_executions (request_id, workspace_id, session_key, provider_id, model, instruction, state)
     VALUES (@requestId, @workspaceId, @sessionKey, @providerId, @model, @instruction, 'running')`,
  );
  const finish = db.prepare(
    "UPDATE openmarlin_executions SET state = @state, output = @output WHERE request_id = @requestId",
  );
  const running = db.prepare<[], Execution>(
    `SELECT request_id AS requestId, workspace_id AS workspaceId, session_key AS sessionKey, provider_id AS providerId, model, instruction
     FROM openmarlin_executions WHERE state = 'running'`,
  );
  const earlier = db
    .prepare<[string, string], string>(
      "SELECT instruction FROM openmarlin_executions WHERE workspace_id = ? AND session_key = ? AND state = 'succeeded' ORDER BY seq",
    )
    .pluck();
  const begin = db.transaction((execution: Execution, price: number) => {
    ledger.charge(chargeOf(execution), price);
    insert.run(execution);
  });
  const end = db.transaction((execution: Execution, output: string | null) => {
    finish.run({ requestId: execution.requestId, state: output === null ? "failed" : "succeeded", output });
    if (output === null) ledger.reverse(chargeOf(execution), Date.now());
    else ledger.succeed(chargeOf(execution), Date.now());
  });
  return {
    /** Takes the price and stores the execution, both or neither. Throws the 402. */
    begin: (execution: Execution, price: number): void => begin.immediate(execution, price),
    succeed: (execution: Execution, output: string): void => end.immediate(execution, output),
    fail: (execution: Execution): void => end.immediate(execution, null),
    /** Instructions that were answered under this key, oldest first. */
    earlier: (workspaceId: string, sessionKey: string): string[] => earlier.all(workspaceId, sessionKey),
    /** What was going on when the process died cannot go on: it failed, and costs nothing. */
    failAbandoned(): void {
      for (const execution of running.all()) end.immediate(execution, null);
    },
  };
}

function chargeOf({ workspaceId, requestId, providerId }: Execution): Charge {
  return { workspaceId, referenceId: requestId, capability: "agent_run", providerId };
}

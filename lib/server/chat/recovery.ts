import "server-only";
import { endRun } from "#lib/server/chat/end.ts";
import { all, type Flow } from "#lib/server/store/flow.ts";
import type { RunStatements } from "#lib/server/store/runs.ts";
import type { TurnStatements } from "#lib/server/store/turns.ts";
import type { MessageProblem } from "#lib/shared/chat/types.ts";

/**
 * Ends what a dead process left: each of its runs keeps the text that was stored and becomes `interrupted`. Returns how
 * many there were.
 */
export function* interruptRunsOf(
  runs: RunStatements,
  turns: TurnStatements,
  input: { epoch: number; at: number },
): Flow<number> {
  const orphans = yield* all(runs.activeOfEpoch, { epoch: input.epoch });
  for (const orphan of orphans) {
    const chunks = yield* all(runs.chunks, { messageId: orphan.assistant_message_id, after: -1 });
    const problem: MessageProblem = { code: "process_restarted", requestId: orphan.id };
    const stopped = orphan.stop_requested === 1;
    yield* endRun(runs, turns, {
      run: orphan,
      epoch: input.epoch,
      text: chunks.map(({ text }) => text).join(""),
      outcome: stopped ? { state: "stopped", problem: null } : { state: "interrupted", problem },
      finishReason: null,
      metrics: {},
      at: input.at,
      next: null,
    });
  }
  return orphans.length;
}

import "server-only";
import type { Backend, TurnRequest } from "#lib/server/chat/backend.ts";
import { knownSecrets } from "#lib/server/known-secrets.ts";
import { openMarlinAccess, withoutSharedAmounts } from "#lib/server/openmarlin/access.ts";
import { SecretFilter, SecretPieces } from "#lib/server/secret-pieces.ts";
import { currentFingerprint } from "#lib/server/settings/connection.ts";
import { getStore } from "#lib/server/store/open.ts";
import { execute } from "#lib/server/upstream/openmarlin/execute.ts";
import { AppError, isAppError } from "#lib/shared/errors.ts";
import { executionRequest } from "#lib/shared/openmarlin/execution-request.ts";

/**
 * Runs on OpenMarlin, with the person's own key or the deployment's. It takes one instruction as text: images cannot go
 * along. Nothing is repeated, since it knows no second time.
 */
export const openmarlinBackend: Backend = {
  async stream(request, on) {
    if (request.images.length > 0) throw new AppError("openmarlin_no_images");
    const store = getStore();
    const access = await openMarlinAccess(store, request.person.id);
    const { connection, key } = access;
    const { routing, model, sessionKey, signal } = request;
    const body = executionRequest(routing, { model, instruction: request.text, sessionKey });
    const filter = new SecretFilter([knownSecrets(), new SecretPieces([key, sessionKey.split(":").at(-1) ?? ""])]);
    try {
      await execute({ connection, key, body, signal }, (events) => {
        on(events.map((event) => (event.type === "delta" ? { ...event, text: filter.push(event.text) } : event)));
      });
    } catch (error) {
      throw restated(await withoutSharedAmounts(store, access, request.person.id, error), request);
    } finally {
      const rest = filter.end();
      if (rest !== "") on([{ type: "delta", text: rest }]);
    }
  },
  origin: currentFingerprint,
};

/** A failure with what was sent beside it, so that the page can say what to change. */
function restated(error: unknown, { model, routing }: TurnRequest): unknown {
  if (!isAppError(error)) return error;
  const labels = Object.entries(routing.labels ?? {}).map(([name, value]) => `${name}=${value}`);
  const sent = {
    ...(model === null ? {} : { sentModel: model }),
    ...(routing.providerId === undefined ? {} : { sentProvider: routing.providerId }),
    ...(labels.length === 0 ? {} : { sentLabels: labels.join(", ") }),
  };
  return new AppError(error.code, error.message, {
    cause: error.cause,
    facts: { ...error.facts, ...sent },
    ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
  });
}

import { z } from "zod";
import type { Sandbox } from "#lib/sandbox/context.ts";
import { ControlRefusal } from "#lib/sandbox/control-refusal.ts";
import type { Exchange } from "#lib/sandbox/exchange.ts";
import { faultOrder } from "#lib/sandbox/faults.ts";
import type { Gateway } from "#lib/sandbox/openclaw/gateway.ts";
import type { OpenMarlin } from "#lib/sandbox/openmarlin/openmarlin.ts";
import { sameSecret } from "#lib/sandbox/secret.ts";
import { applySettings, settingsChange } from "#lib/sandbox/settings.ts";

/** No upstream has this path. */
export const controlPath = "/__control";

/**
 * How tests and people tell the sandbox to misbehave. Bearer: the control token.
 *
 *     GET    /__control                   id, settings, faults, turns running and waiting
 *     PATCH  /__control/settings          SettingsChange -> settings
 *     POST   /__control/faults            FaultOrder -> { id }
 *     GET    /__control/faults            { faults }
 *     DELETE /__control/faults[/<id>]
 *     GET    /__control/requests?after=N  { entries, last }: what arrived and what the model was shown
 *     DELETE /__control/requests
 *     POST   /__control/reset             faults, log, lockouts and cool-downs; with { "sessions": true } also every session,
 *                                         with { "openmarlin": true } also every workspace and what belongs to it
 *     *      /__control/openmarlin/...    the other side of OpenMarlin's pages: see openmarlin/control.ts
 */
export async function answerControl(sandbox: Sandbox, upstreams: Upstreams, exchange: Exchange): Promise<void> {
  const answer = (status: number, value: unknown) => {
    exchange.wire.head(status, { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" });
    exchange.wire.end(JSON.stringify(value));
  };
  const given = exchange.headers.authorization ?? "";
  if (!sameSecret(given, `Bearer ${sandbox.controlToken}`))
    return answer(401, { error: "The control token is needed." });
  try {
    const result = await act(sandbox, upstreams, exchange);
    return result === undefined ? answer(404, { error: "No such control." }) : answer(200, result);
  } catch (error) {
    if (error instanceof ControlRefusal) return answer(error.status, { error: error.message });
    if (error instanceof z.ZodError) return answer(400, { error: z.prettifyError(error) });
    if (error instanceof SyntaxError) return answer(400, { error: error.message });
    throw error;
  }
}

const resetOrder = z.strictObject({ sessions: z.boolean().default(false), openmarlin: z.boolean().default(false) });

interface Upstreams {
  gateway: Gateway;
  openmarlin: OpenMarlin;
}

async function act(sandbox: Sandbox, { gateway, openmarlin }: Upstreams, exchange: Exchange): Promise<unknown> {
  const { faults, log, settings, store } = sandbox;
  const path = exchange.path.slice(controlPath.length);
  const json = async (): Promise<unknown> => JSON.parse((await exchange.body(1_000_000)).toString() || "{}");
  if (path === "/openmarlin" || path.startsWith("/openmarlin/"))
    return openmarlin.control(exchange.method, path.slice("/openmarlin".length), json);
  switch (`${exchange.method} ${path}`) {
    case "GET ":
    case "GET /":
      return { id: store.id, settings, faults: faults.list(), turns: gateway.turns() };
    case "PATCH /settings":
      applySettings(settings, settingsChange.parse(await json()));
      return settings;
    case "GET /faults":
      return { faults: faults.list() };
    case "POST /faults":
      return { id: faults.add(faultOrder.parse(await json())) };
    case "DELETE /faults":
      faults.clear();
      return {};
    case "GET /requests": {
      const entries = log.after(Number(exchange.query.get("after") ?? 0) || 0);
      return { entries, last: entries.at(-1)?.seq ?? null };
    }
    case "DELETE /requests":
      log.clear();
      return {};
    case "POST /reset": {
      const { sessions, openmarlin: workspaces } = resetOrder.parse(await json());
      faults.clear();
      log.clear();
      gateway.reset({ sessions });
      if (workspaces) openmarlin.forgetAll();
      return {};
    }
    default:
      if (exchange.method === "DELETE" && path.startsWith("/faults/"))
        return { removed: faults.remove(path.slice("/faults/".length)) };
      return undefined;
  }
}

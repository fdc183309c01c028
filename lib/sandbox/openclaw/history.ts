import { setInterval } from "node:timers/promises";
import type { Exchange } from "#lib/sandbox/exchange.ts";
import { resolveKey } from "#lib/sandbox/openclaw/addressing.ts";
import { invalid, Refusal, refuseNotOk, sendJson, sendStreamHead } from "#lib/sandbox/openclaw/answers.ts";
import type { GatewayShop } from "#lib/sandbox/openclaw/gateway.ts";
import { historyItems } from "#lib/sandbox/openclaw/history-view.ts";
import type { SessionRow } from "#lib/sandbox/openclaw/sessions.ts";
import { encodeEvent } from "#lib/shared/sse.ts";

/** The real default is not known. */
const defaultLimit = 200;
const keepAliveMs = 15_000;

/** GET /sessions/<key>/history?limit=&cursor=, as JSON or, with `Accept: text/event-stream`, as a stream that goes on. */
export async function sessionHistory(shop: GatewayShop, exchange: Exchange): Promise<void> {
  const { sandbox, sessions } = shop;
  const given = decoded(exchange.path.split("/")[2] ?? "");
  const address = resolveKey(given, sandbox.settings.openclaw);
  if (address === null) throw new Refusal(500, "Internal Server Error", { "Cache-Control": "no-store" });
  const session = sessions.find(address.key);
  if (session === undefined) throw refuseNotOk(404, "not_found", `Session not found: ${address.key}`);
  const page = pageOf(shop, session, positive(exchange, "limit") ?? defaultLimit, positive(exchange, "cursor"));
  if (!String(exchange.headers.accept ?? "").includes("text/event-stream")) return sendJson(exchange.wire, 200, page);
  await follow(shop, exchange, session, page);
}

/** The newest items, oldest first; the cursor is the number of the first one and leads to what is before it. */
function pageOf({ sessions }: GatewayShop, session: SessionRow, limit: number, cursor: number | undefined) {
  const all = historyItems(
    session,
    sessions.messages(session.key).filter(({ seq }) => cursor === undefined || seq < cursor),
  );
  const items = all.slice(-limit);
  const hasMore = all.length > items.length;
  const first = (items[0]?.["__openclaw"] as { seq: number } | undefined)?.seq;
  return {
    sessionKey: session.key,
    items,
    messages: items,
    hasMore,
    ...(hasMore ? { nextCursor: String(first) } : {}),
  };
}

async function follow(shop: GatewayShop, { wire }: Exchange, session: SessionRow, page: object): Promise<void> {
  sendStreamHead(wire);
  wire.write("retry: 1000\n\n");
  wire.write(encodeEvent({ event: "history", data: JSON.stringify(page) }));
  const end = shop.sessions.listen(session.key, (message) => {
    for (const item of historyItems(session, [message])) {
      const data = { sessionKey: session.key, message: item, messageId: message.id, messageSeq: message.seq };
      wire.write(encodeEvent({ event: "message", data: JSON.stringify(data) }));
    }
  });
  try {
    const signal = AbortSignal.any([wire.gone, shop.closing]);
    for await (const _ of setInterval(keepAliveMs, undefined, { signal })) wire.write(": keepalive\n\n");
  } catch {
    wire.end();
  } finally {
    end();
  }
}

/** A key that is no proper encoding names no session. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function positive({ query }: Exchange, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalid(`${name} must be a positive integer`);
  return Number(text);
}

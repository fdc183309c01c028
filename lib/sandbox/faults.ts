import { z } from "zod";

/** The servers of one sandbox; each has a port of its own, since their paths overlap. */
export type UpstreamName = z.infer<typeof upstreamName>;
const upstreamName = z.enum(["openclaw", "openmarlin"]);

/** Which requests a fault meets. Absent fields match everything. */
const match = z.strictObject({
  upstream: upstreamName.optional(),
  method: z.string().optional(),
  /** The path begins with this. */
  path: z.string().optional(),
  /** The body, as text, contains this: the way to hit one conversation among many. */
  contains: z.string().optional(),
});

/** Every way to misbehave. Byte counts are of the body as it would have been sent. */
const fault = z.discriminatedUnion("kind", [
  /** Says nothing at all for a while, not even headers. */
  z.strictObject({ kind: z.literal("delay"), ms: z.int().min(0) }),
  /** Answers this instead. An object body is sent as JSON. */
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(200).max(599),
    headers: z.record(z.string(), z.string()).default({}),
    body: z.union([z.string(), z.record(z.string(), z.unknown())]).default(""),
    contentType: z.string().optional(),
  }),
  /** An HTML page, as a proxy in between would send. */
  z.strictObject({ kind: z.literal("html"), status: z.int().min(200).max(599).default(200) }),
  /** `reset` breaks the connection, `fin` closes it inside the chunked body, `end` ends the body properly but too early. */
  z.strictObject({ kind: z.literal("cut"), afterBytes: z.int().min(0), how: z.enum(["reset", "fin", "end"]) }),
  /** Sends no byte more, and keeps the connection. */
  z.strictObject({ kind: z.literal("stall"), afterBytes: z.int().min(0) }),
  /** Writes so many bytes at a time, through the middle of characters. */
  z.strictObject({ kind: z.literal("pieces"), bytes: z.int().min(1), gapMs: z.int().min(0).default(0) }),
  /** Other line ends; `mixed` takes turns. */
  z.strictObject({ kind: z.literal("line_ends"), style: z.enum(["crlf", "cr", "mixed"]) }),
  /** Comments and fields nobody asked for (`id`, `retry`, an unknown one) between events. */
  z.strictObject({ kind: z.literal("comments") }),
  /** A byte order mark in front. */
  z.strictObject({ kind: z.literal("bom") }),
  /** Leaves `[DONE]` out. */
  z.strictObject({ kind: z.literal("no_done") }),
  /** Something that is no event, once, after so many bytes. */
  z.strictObject({
    kind: z.literal("garbage"),
    afterBytes: z.int().min(0),
    text: z.string().default("data: {not json\n\n"),
  }),
  /** Bytes that are not UTF-8, once, after so many bytes. */
  z.strictObject({ kind: z.literal("bad_utf8"), afterBytes: z.int().min(0) }),
  /** One line of so many bytes without an end, after so many bytes. */
  z.strictObject({
    kind: z.literal("huge_line"),
    bytes: z.int().min(1).max(64_000_000),
    afterBytes: z.int().min(0).default(0),
  }),
  /** Claims an encoding that the body does not have. */
  z.strictObject({ kind: z.literal("content_encoding"), value: z.string() }),
  z.strictObject({ kind: z.literal("content_type"), value: z.string() }),
  /** This one answer in the manner of the releases of February 2026. */
  z.strictObject({ kind: z.literal("early_release") }),
  /** The call is done, then the connection breaks before the first byte of the answer. */
  z.strictObject({ kind: z.literal("lost_answer") }),
  /** The model acts as if the person had written this as well, such as `[[http 402]]`. */
  z.strictObject({ kind: z.literal("directive"), text: z.string() }),
  /** OpenMarlin: the task that this request submits fails in the end. */
  z.strictObject({ kind: z.literal("task_fails"), error: z.string().min(1).default("video_generation_failed") }),
  /** OpenMarlin: credit for the top-up session that this request makes comes so long after payment; null = until told. */
  z.strictObject({ kind: z.literal("credit_delay"), ms: z.int().min(0).nullable() }),
  /** OpenMarlin: the payment of the top-up session that this request makes fails, whatever the person does. */
  z.strictObject({ kind: z.literal("payment_fails") }),
  /** OpenMarlin: the registration session that this request makes lives so long. */
  z.strictObject({ kind: z.literal("registration_expires"), ms: z.int().min(0) }),
]);

/** Body of `POST /__control/faults`: several faults may meet one request together. */
export const faultOrder = z.strictObject({
  match: match.default({}),
  faults: z.array(fault).min(1),
  /** How many requests; null = until cleared. */
  times: z.int().positive().nullable().default(1),
});

export type Fault = z.infer<typeof fault>;
export type FaultOrder = z.infer<typeof faultOrder>;
/** What hits one request, by kind. */
export type FaultPlan = { [K in Fault["kind"]]?: Extract<Fault, { kind: K }> };

export interface FaultDesk {
  add(order: FaultOrder): string;
  list(): (FaultOrder & { id: string })[];
  remove(id: string): boolean;
  clear(): void;
  /** True when some order needs the body to decide about a request to this path. */
  wantsBody(upstream: UpstreamName, method: string, path: string): boolean;
  /** Every order that matches counts down once. */
  take(upstream: UpstreamName, method: string, path: string, body: string): FaultPlan;
}

export function makeFaultDesk(): FaultDesk {
  let orders: (FaultOrder & { id: string })[] = [];
  let last = 0;
  const meets = ({ match }: FaultOrder, upstream: UpstreamName, method: string, path: string) =>
    (match.upstream === undefined || match.upstream === upstream) &&
    (match.method === undefined || match.method === method) &&
    (match.path === undefined || path.startsWith(match.path));
  return {
    add(order) {
      const id = `fault_${++last}`;
      orders.push({ ...order, id });
      return id;
    },
    list: () => orders,
    remove(id) {
      const before = orders.length;
      orders = orders.filter((order) => order.id !== id);
      return orders.length < before;
    },
    clear() {
      orders = [];
    },
    wantsBody: (upstream, method, path) =>
      orders.some((order) => order.match.contains !== undefined && meets(order, upstream, method, path)),
    take(upstream, method, path, body) {
      const plan: FaultPlan = {};
      for (const order of orders) {
        if (!meets(order, upstream, method, path) || !body.includes(order.match.contains ?? "")) continue;
        for (const one of order.faults) Object.assign(plan, { [one.kind]: one });
        if (order.times !== null) order.times -= 1;
      }
      orders = orders.filter((order) => order.times === null || order.times > 0);
      return plan;
    },
  };
}

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "#scripts/support/processes.ts";

/** What the tests of the edge know of one method of one route. */
export interface RouteCase {
  access: "public" | "person" | "admin";
  /** A body that the schema takes. Absent: the route takes none, or says otherwise in `takes`. */
  body?: Record<string, unknown>;
  /** An image's bytes, or next-auth's fields as a form or JSON. */
  takes?: "image" | "form";
  /** Queries that the schema refuses. */
  refusedQueries?: string[];
  /** Answers whoever asks, in its own few words: for balancers. */
  bare?: true;
}

export interface Route extends RouteCase {
  /** Method and pattern, as in `GET /api/runs/[id]/events`. */
  name: string;
  method: string;
  pattern: string;
}

/** An id of the right form that names nothing. */
export const ghostId = "01900000-0000-7000-8000-00000000dead";
const ghosts: Record<string, string> = {
  "[id]": ghostId,
  "[scope]": ghostId,
  "[code]": "a-code-that-was-never-given",
  "[...nextauth]": "callback/credentials",
  "[[...path]]": "nothing/here",
};

const setUp = {
  code: "a-code-that-was-never-given",
  name: "Eve",
  email: "eve@example.org",
  password: "long enough it is",
};
const words = { text: "hello", attachmentIds: [ghostId] };
const change = { title: "t", pinned: true, archived: false, leafMessageId: ghostId, seen: true, resumeQueue: true };
const openclaw = { url: "http://127.0.0.1:1", auth: "token", credential: "x", userHeader: "x-user", agents: ["a"] };
const agent = {
  id: "a",
  name: "n",
  description: "d",
  hidden: false,
  restricted: true,
  personIds: [ghostId],
  models: [],
};

/** Every route there is: one that is not described here fails the tests. */
const described: Record<string, RouteCase> = {
  "GET /api/agents": { access: "person" },
  "POST /api/attachments": { access: "person", takes: "image", refusedQueries: ["id=1", `name=${"n".repeat(1001)}`] },
  "DELETE /api/attachments/[id]": { access: "person" },
  "GET /api/attachments/[id]": { access: "person" },
  "GET /api/audit": { access: "admin", refusedQueries: ["before=0", "before=x", "limit=101", "action=A", "actor=1"] },
  "GET /api/auth/[...nextauth]": { access: "public" },
  "POST /api/auth/[...nextauth]": {
    access: "public",
    takes: "form",
    body: { csrfToken: "t", email: "e@example.org", password: "p", callbackUrl: "/" },
  },
  "GET /api/billing/balance": { access: "person" },
  "GET /api/billing/ledger": { access: "person", refusedQueries: ["format=xml", "before=1"] },
  "GET /api/billing/referral": { access: "person" },
  "POST /api/billing/top-ups": { access: "person", body: { requestId: ghostId, amount: "0", fresh: false } },
  "GET /api/billing/usage": { access: "person", refusedQueries: ["format=csv"] },
  "POST /api/chat": {
    access: "person",
    body: {
      requestId: ghostId,
      conversationId: ghostId,
      agentId: "main",
      model: "a/b",
      intent: { kind: "send", parentId: ghostId, ...words },
    },
  },
  "GET /api/connections": { access: "admin" },
  "PUT /api/connections": { access: "admin", body: { openclaw, password: "p" } },
  "GET /api/connections/agents": { access: "admin" },
  "PUT /api/connections/agents": { access: "admin", body: { agents: [agent] } },
  "GET /api/connections/openmarlin": { access: "admin" },
  "PUT /api/connections/openmarlin": {
    access: "admin",
    body: { registration: true, authFlow: "device", password: "p" },
  },
  "POST /api/connections/openclaw/probe": { access: "admin" },
  "GET /api/conversations": { access: "person", refusedQueries: ["archived=2", "cursor=x", "ownerId=1"] },
  "DELETE /api/conversations/[id]": { access: "person" },
  "GET /api/conversations/[id]": {
    access: "person",
    refusedQueries: [
      "before=x",
      "around=x",
      "limit=0",
      "limit=9999",
      "limit=1.5",
      `before=${ghostId}&around=${ghostId}`,
    ],
  },
  "PATCH /api/conversations/[id]": { access: "person", body: change },
  "GET /api/conversations/[id]/export": { access: "person", refusedQueries: ["format=html", "constructor=1"] },
  "POST /api/conversations/[id]/restore": { access: "person" },
  "GET /api/drafts/[scope]": { access: "person" },
  "PUT /api/drafts/[scope]": { access: "person", body: { ...words, version: 0 } },
  "GET /api/health/live": { access: "public", bare: true },
  "GET /api/health/ready": { access: "public", bare: true },
  "GET /api/invitations/[code]": { access: "public" },
  "POST /api/invitations/[code]": {
    access: "public",
    body: { name: "Eve", email: "eve@example.org", password: "long enough it is" },
  },
  "GET /api/jobs": { access: "person", refusedQueries: ["kind=x", "state=x", "cursor=x"] },
  "GET /api/jobs/[id]": { access: "person" },
  "PATCH /api/jobs/[id]": { access: "person", body: { watched: true } },
  "GET /api/jobs/[id]/artifact": { access: "person", refusedQueries: ["download=2"] },
  "POST /api/jobs/[id]/cancel": { access: "person" },
  "POST /api/jobs/[id]/resume": { access: "person" },
  "GET /api/me": { access: "person" },
  "PATCH /api/me": {
    access: "person",
    body: { name: "n", locale: "en", theme: "dark", sendKey: "enter", announce: "end" },
  },
  "POST /api/me/password": { access: "person", body: { current: "c", next: "n" } },
  "GET /api/me/sessions": { access: "person" },
  "DELETE /api/me/sessions/[id]": { access: "person" },
  "POST /api/me/sign-out-everywhere": { access: "person" },
  "DELETE /api/openmarlin": { access: "person" },
  "GET /api/openmarlin": { access: "person" },
  "GET /api/openmarlin/models": { access: "person" },
  "POST /api/openmarlin/registration": { access: "person", body: { requestId: ghostId } },
  "POST /api/openmarlin/videos": {
    access: "person",
    body: { requestId: ghostId, fresh: false, prompt: "p", durationMs: 1000 },
  },
  "GET /api/people": { access: "admin" },
  "PATCH /api/people/[id]": { access: "admin", body: { role: "member", disabled: true } },
  "POST /api/people/[id]/reset-link": { access: "admin" },
  "POST /api/people/invitations": { access: "admin", body: { role: "member", email: "eve@example.org" } },
  "DELETE /api/people/invitations/[id]": { access: "admin" },
  "DELETE /api/queue/[id]": { access: "person", refusedQueries: ["version=0", "version=x", "force=1"] },
  "PATCH /api/queue/[id]": { access: "person", body: { text: "t", version: 1 } },
  "GET /api/runs/[id]/events": { access: "person" },
  "POST /api/runs/[id]/resume": { access: "person" },
  "POST /api/runs/[id]/stop": { access: "person" },
  "GET /api/search": { access: "person", refusedQueries: ["", `q=${"q".repeat(501)}`, "q=a&mode=x", "q=a&cursor=x"] },
  "GET /api/set-up": { access: "public" },
  "POST /api/set-up": { access: "public", body: setUp },
  "POST /api/set-up/demo": { access: "public", body: { code: setUp.code } },
  "GET /api/status": { access: "person" },
};

/** What the source answers under /api but the refusal of everything else: method and pattern of each. */
export function routesInSource(): string[] {
  const root = path.join(projectRoot, "app", "api");
  const names: string[] = [];
  for (const file of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    if (path.basename(file) !== "route.ts" || file.startsWith("[[...path]]")) continue;
    const source = readFileSync(path.join(root, file), "utf8");
    const pattern = `/api/${path.dirname(file).split(path.sep).join("/")}`;
    const methods = source.matchAll(/\bexport (?:const|async function|function) ([A-Z]+)\b/g);
    for (const [, method] of methods) names.push(`${method} ${pattern}`);
  }
  return names.sort();
}

/** The routes that are described here, by the same names. */
export function describedRoutes(): Route[] {
  return Object.entries(described).map(([name, route]) => {
    const [method = "", pattern = ""] = name.split(" ");
    return { name, method, pattern, ...route };
  });
}

/** The address of a route: with ids that name nothing, or with `id` in the place of each. */
export function addressOf({ pattern, method }: Pick<Route, "pattern" | "method">, id?: string): string {
  const address = pattern.replaceAll(/\[[^/]+\]+/g, (place) => id ?? ghosts[place] ?? ghostId);
  if (id === undefined && pattern === "/api/me/sessions/[id]") return `/api/me/sessions/${"0".repeat(64)}`;
  return method === "GET" && pattern.includes("nextauth") ? "/api/auth/csrf" : address;
}

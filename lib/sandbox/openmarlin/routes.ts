import { sendJson } from "#lib/sandbox/openmarlin/answers.ts";
import { listModels } from "#lib/sandbox/openmarlin/catalog.ts";
import { execute } from "#lib/sandbox/openmarlin/execute.ts";
import { createRegistration, issueKey, readRegistration } from "#lib/sandbox/openmarlin/registrations.ts";
import type { KeyVisit, OpenShop, Visit } from "#lib/sandbox/openmarlin/shop.ts";
import { readTask, submitTask } from "#lib/sandbox/openmarlin/tasks.ts";
import { createTopup, readTopup } from "#lib/sandbox/openmarlin/topups.ts";
import { serveVideo, videoPath } from "#lib/sandbox/openmarlin/video.ts";

type Act<V> = (shop: OpenShop, visit: V) => Promise<void> | void;

export type Route = { method: "GET" | "POST"; path: string } & (
  | { key: false; act: Act<Visit> }
  | { key: true; act: Act<KeyVisit> }
);

/**
 * Every endpoint of the contract. Two more are named in an older text (`.../callback` and `.../device/complete` of a
 * registration session); their shapes are unknown and no client calls them, so they are not here.
 */
export const routes: Route[] = [
  open("GET", "/openapi.json", (_, { exchange }) => sendJson(exchange.wire, 200, openApi())),
  open("POST", "/v1/registration/sessions", createRegistration),
  open("GET", "/v1/registration/sessions/:id", readRegistration),
  open("POST", "/v1/registration/sessions/:id/api-keys", issueKey),
  open("GET", `${videoPath}:id`, serveVideo),
  // Whether the list of models needs a key is not said; the client sends one.
  keyed("GET", "/v1/models", (_, { exchange }) => sendJson(exchange.wire, 200, listModels())),
  keyed("POST", "/v1/executions", execute),
  keyed("POST", "/v1/tasks", submitTask),
  keyed("GET", "/v1/tasks/:id", readTask),
  keyed("GET", "/v1/balance", ({ ledger }, { exchange, workspaceId }) =>
    sendJson(exchange.wire, 200, ledger.balanceView(workspaceId)),
  ),
  keyed("POST", "/v1/topup/sessions", createTopup),
  keyed("GET", "/v1/topup/sessions/:id", readTopup),
  keyed("GET", "/v1/usage-events", ({ ledger }, { exchange, workspaceId }) =>
    sendJson(exchange.wire, 200, ledger.usageView(workspaceId)),
  ),
  keyed("GET", "/v1/ledger", ({ ledger }, { exchange, workspaceId }) =>
    sendJson(exchange.wire, 200, ledger.entriesView(workspaceId)),
  ),
  keyed("GET", "/v1/referrals/me", readReferral),
];

/** The route of a path for each method, and what stands in the place of `:id`. Empty when there is no such path. */
export function routesOf(path: string): { id: string; found: Route[] } {
  let id = "";
  const found = routes.filter((route) => {
    const match = path.match(patternOf(route.path));
    if (match !== null) id = match[1] ?? "";
    return match !== null;
  });
  return { id, found };
}

const patterns = new Map<string, RegExp>();

function patternOf(path: string): RegExp {
  const known = patterns.get(path);
  if (known !== undefined) return known;
  const pattern = new RegExp(`^${path.replaceAll(".", "\\.").replace(":id", "([^/]+)")}$`);
  patterns.set(path, pattern);
  return pattern;
}

/** The address of a referral page is the sandbox's own, under a name that can never be registered. */
function readReferral({ accounts }: OpenShop, { exchange, workspaceId }: KeyVisit): void {
  const workspace = accounts.find(workspaceId);
  const code = workspace?.referralCode ?? "";
  sendJson(exchange.wire, 200, {
    referral_code: code,
    referral_link: `https://openmarlin.example/join/${code}`,
    summary: {
      signed_up_count: workspace?.signedUp ?? 0,
      qualified_count: workspace?.qualified ?? 0,
      rewarded_count: workspace?.rewarded ?? 0,
    },
  });
}

/** The client looks only whether the document is there; it says no more than which calls exist. */
function openApi() {
  const paths: Record<string, Record<string, object>> = {};
  for (const { method, path, key } of routes) {
    if (!path.startsWith("/v1/")) continue;
    const name = path.replace(":id", "{id}");
    paths[name] = {
      ...paths[name],
      [method.toLowerCase()]: {
        ...(key ? { security: [{ workspaceKey: [] }] } : {}),
        responses: { default: { description: "JSON" } },
      },
    };
  }
  return {
    openapi: "3.1.0",
    info: { title: "OpenMarlin (sandbox)", version: "1" },
    components: { securitySchemes: { workspaceKey: { type: "http", scheme: "bearer" } } },
    paths,
  };
}

function open(method: Route["method"], path: string, act: Act<Visit>): Route {
  return { method, path, key: false, act };
}

function keyed(method: Route["method"], path: string, act: Act<KeyVisit>): Route {
  return { method, path, key: true, act };
}

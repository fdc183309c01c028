import { z } from "zod";
import { ControlRefusal } from "#lib/sandbox/control-refusal.ts";
import { keyView } from "#lib/sandbox/openmarlin/accounts.ts";
import { prices } from "#lib/sandbox/openmarlin/catalog.ts";
import { toAmount } from "#lib/sandbox/openmarlin/credits.ts";
import { newId } from "#lib/sandbox/openmarlin/ids.ts";
import { approve, authorizationView, expireRegistration } from "#lib/sandbox/openmarlin/registrations.ts";
import { grantOf, type OpenShop } from "#lib/sandbox/openmarlin/shop.ts";
import { finishTask } from "#lib/sandbox/openmarlin/tasks.ts";
import { checkoutView, creditNow, decline, pay } from "#lib/sandbox/openmarlin/topups.ts";

type Act = (shop: OpenShop, id: string, body: unknown) => unknown;

/**
 * The other side of OpenMarlin, below `/__control/openmarlin`. The app's pages for approval and checkout call the first
 * two groups with the `<id>` in the address that the person opened; the rest is for tests. 404 for an unknown id, 409
 * for what is too late, 400 for a body that is not as below; `{ error: "<sentence>" }` with each.
 *
 *     GET   /authorizations/<id>           { auth_flow, state, created_at, expires_at, landing_url }
 *     POST  /authorizations/<id>/approve   { email, device_code? } -> the same; the code is needed in the device flow
 *     POST  /authorizations/<id>/expire    -> the same. Refusing is no state of the contract: a page that is left changes nothing.
 *
 *     GET   /checkouts/<id>                { status, paid, requested_amount, price, workspace, created_at }
 *     POST  /checkouts/<id>/pay            { credit_delay_ms? } -> the same; null = until told
 *     POST  /checkouts/<id>/decline        -> the same
 *     POST  /checkouts/<id>/leave          -> the same: an abandoned checkout stays pending
 *     POST  /checkouts/<id>/credit         -> the same: the credit of a paid one comes now
 *
 *     GET   /                              { prices, workspaces }
 *     POST  /workspaces                    { email, credits? } -> { workspace_id, key_id, secret }: an account without registration
 *     PATCH /workspaces/<id>               { missing?, referrals? } -> the workspace
 *     POST  /workspaces/<id>/adjust        { credits } -> the workspace; a ledger entry, and below zero if need be
 *     PATCH /keys/<id>                     { status } -> {}
 *     POST  /tasks/<id>/finish             { error? } -> { status }
 */
export async function control(
  shop: OpenShop,
  method: string,
  path: string,
  json: () => Promise<unknown>,
): Promise<unknown> {
  const [, noun = "", id = "", verb = "", more] = path.split("/");
  if (more !== undefined) return undefined;
  const act = acts[[method, noun, verb].filter((part) => part !== "").join(" ")];
  const wantsId = noun !== "" && !(noun === "workspaces" && method === "POST" && verb === "");
  if (act === undefined || wantsId !== (id !== "")) return undefined;
  return act(shop, id, method === "GET" ? {} : await json());
}

const credits = z.number().min(-100_000).max(100_000).multipleOf(0.01);
const count = z.int().min(0);

const acts: Record<string, Act> = {
  GET: (shop) => ({ prices: pricesView(), workspaces: shop.accounts.list().map(({ id }) => workspaceView(shop, id)) }),

  "GET authorizations": (shop, id) => authorizationView(shop, id),
  "POST authorizations approve": (shop, id, body) =>
    approve(shop, id, z.strictObject({ email: z.email().max(254), device_code: z.string().optional() }).parse(body)),
  "POST authorizations expire": (shop, id) => expireRegistration(shop, id),

  "GET checkouts": (shop, id) => checkoutView(shop, id),
  "POST checkouts pay": (shop, id, body) =>
    pay(shop, id, z.strictObject({ credit_delay_ms: count.nullable().optional() }).parse(body).credit_delay_ms),
  "POST checkouts decline": (shop, id) => decline(shop, id),
  "POST checkouts leave": (shop, id) => checkoutView(shop, id),
  "POST checkouts credit": (shop, id) => creditNow(shop, id),

  "POST workspaces": (shop, _, body) => {
    const given = z.strictObject({ email: z.email().max(254), credits: credits.optional() }).parse(body);
    const grant = given.credits === undefined ? grantOf(shop) : Math.round(given.credits * 100);
    const { workspace } = shop.accounts.workspaceOf(given.email, grant);
    const { key, secret } = shop.accounts.issueKey(workspace.id, "Sandbox control");
    return { workspace_id: workspace.id, key_id: key.id, secret };
  },
  "PATCH workspaces": (shop, id, body) => {
    const change = workspaceChange.parse(body);
    workspaceView(shop, id);
    if (change.missing !== undefined) shop.accounts.setMissing(id, change.missing);
    if (change.referrals !== undefined) shop.accounts.setReferrals(id, change.referrals);
    return workspaceView(shop, id);
  },
  "POST workspaces adjust": (shop, id, body) => {
    const given = z.strictObject({ credits }).parse(body);
    workspaceView(shop, id);
    const hundredths = Math.round(given.credits * 100);
    shop.ledger.credit(id, { type: "adjustment", hundredths, referenceId: newId("led") });
    return workspaceView(shop, id);
  },
  "PATCH keys": (shop, id, body) => {
    const { status } = z.strictObject({ status: z.enum(["active", "inactive"]) }).parse(body);
    if (!shop.accounts.setKeyStatus(id, status)) throw new ControlRefusal(404, "No such key.");
    return {};
  },
  "POST tasks finish": (shop, id, body) =>
    finishTask(shop, id, z.strictObject({ error: z.string().min(1).nullable().default(null) }).parse(body).error),
};

const workspaceChange = z.strictObject({
  missing: z.enum(["workspace", "account"]).nullable().optional(),
  referrals: z.strictObject({ signedUp: count, qualified: count, rewarded: count }).optional(),
});

function workspaceView(shop: OpenShop, id: string) {
  const workspace = shop.accounts.find(id);
  if (workspace === undefined) throw new ControlRefusal(404, "No such workspace.");
  return {
    workspace_id: id,
    account_id: workspace.accountId,
    email: workspace.email,
    slug: workspace.slug,
    display_name: workspace.displayName,
    missing: workspace.missing,
    balance: toAmount(shop.ledger.balance(id).hundredths),
    keys: shop.accounts.keysOf(id).map(keyView),
  };
}

function pricesView() {
  return Object.fromEntries(Object.entries(prices).map(([model, hundredths]) => [model, toAmount(hundredths)]));
}

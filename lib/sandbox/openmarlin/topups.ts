import { z } from "zod";
import { ControlRefusal } from "#lib/sandbox/control-refusal.ts";
import { refuse, sendJson } from "#lib/sandbox/openmarlin/answers.ts";
import { bodyOf } from "#lib/sandbox/openmarlin/body.ts";
import { hundredthsIn, toAmount, toUsd } from "#lib/sandbox/openmarlin/credits.ts";
import { iso, isoOrNull, newId } from "#lib/sandbox/openmarlin/ids.ts";
import type { Ledger } from "#lib/sandbox/openmarlin/ledger.ts";
import { type KeyVisit, type OpenShop, pageUrl } from "#lib/sandbox/openmarlin/shop.ts";
import type { SandboxStore } from "#lib/sandbox/store.ts";

export const topupTables = `
CREATE TABLE IF NOT EXISTS openmarlin_topups (
  id TEXT PRIMARY KEY, workspace_id TEXT NOT NULL, checkout_id TEXT NOT NULL UNIQUE, hundredths INTEGER NOT NULL,
  status TEXT NOT NULL, created_at INTEGER NOT NULL, paid_at INTEGER, stripe_reference TEXT, credit_at INTEGER,
  completed_at INTEGER, ledger_id TEXT, payment_fails INTEGER NOT NULL, credit_delay TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS openmarlin_topups_due ON openmarlin_topups (credit_at) WHERE status = 'pending_payment';
`;

export interface Topup {
  id: string;
  workspaceId: string;
  checkoutId: string;
  hundredths: number;
  status: "pending_payment" | "credit_applied" | "payment_failed";
  createdAt: number;
  paidAt: number | null;
  stripeReference: string | null;
  /** When credit will be there; null before payment, and while it waits to be told. */
  creditAt: number | null;
  completedAt: number | null;
  ledgerId: string | null;
  paymentFails: 0 | 1;
  /** JSON of the delay that a fault asked for: a number of ms or null. SQL NULL = as the settings say. */
  creditDelay: string | null;
}

export type Topups = ReturnType<typeof makeTopups>;

export function makeTopups({ db }: SandboxStore, ledger: Ledger) {
  const columns =
    "id, workspace_id AS workspaceId, checkout_id AS checkoutId, hundredths, status, created_at AS createdAt, paid_at AS paidAt, stripe_reference AS stripeReference, credit_at AS creditAt, completed_at AS completedAt, ledger_id AS ledgerId, payment_fails AS paymentFails, credit_delay AS creditDelay";
  const byId = db.prepare<[string], Topup>(`SELECT ${columns} FROM openmarlin_topups WHERE id = ?`);
  const byCheckout = db.prepare<[string], Topup>(`SELECT ${columns} FROM openmarlin_topups WHERE checkout_id = ?`);
  const due = db.prepare<[number], Topup>(
    `SELECT ${columns} FROM openmarlin_topups WHERE status = 'pending_payment' AND credit_at <= ? ORDER BY credit_at`,
  );
  const insert = db.prepare(
    `INSERT INTO openmarlin_topups (id, workspace_id, checkout_id, hundredths, status, created_at, payment_fails, credit_delay)
     VALUES (@id, @workspaceId, @checkoutId, @hundredths, 'pending_payment', @createdAt, @paymentFails, @creditDelay)`,
  );
  const paid = db.prepare(
    "UPDATE openmarlin_topups SET paid_at = @at, stripe_reference = @reference, credit_at = @creditAt WHERE id = @id",
  );
  const setCreditAt = db.prepare("UPDATE openmarlin_topups SET credit_at = ? WHERE id = ?");
  const failed = db.prepare(
    "UPDATE openmarlin_topups SET status = 'payment_failed', completed_at = @at, stripe_reference = @reference WHERE id = @id",
  );
  const credited = db.prepare(
    "UPDATE openmarlin_topups SET status = 'credit_applied', completed_at = @at, ledger_id = @ledgerId WHERE id = @id",
  );
  const applyDue = db.transaction((now: number) => {
    for (const { id, workspaceId, hundredths, creditAt } of due.all(now)) {
      const at = creditAt ?? now;
      const ledgerId = ledger.credit(workspaceId, { type: "topup_credit", hundredths, referenceId: id, at });
      credited.run({ id, at, ledgerId });
    }
  });
  return {
    find: (id: string) => byId.get(id),
    findByCheckout: (id: string) => byCheckout.get(id),
    create(
      workspaceId: string,
      hundredths: number,
      plan: { paymentFails: boolean; creditDelay: string | null },
    ): string {
      const id = newId("topup");
      insert.run({
        id,
        workspaceId,
        checkoutId: newId("cs_sandbox"),
        hundredths,
        createdAt: Date.now(),
        paymentFails: plan.paymentFails ? 1 : 0,
        creditDelay: plan.creditDelay,
      });
      return id;
    },
    paid(id: string, delayMs: number | null): void {
      const at = Date.now();
      paid.run({ id, at, reference: newId("pi_sandbox"), creditAt: delayMs === null ? null : at + Math.ceil(delayMs) });
    },
    failed: (id: string): void => void failed.run({ id, at: Date.now(), reference: newId("pi_sandbox") }),
    creditNow: (id: string): void => void setCreditAt.run(Date.now(), id),
    /** Gives the credit whose time has come, each once. */
    advance: (now: number): void => void applyDue.immediate(now),
  };
}

/** The client sends a float and nothing else. Bounds and fineness are the sandbox's choice. */
const topupBody = z.strictObject({ amount: z.number() });

/** POST /v1/topup/sessions. No idempotency: every call makes a session. */
export async function createTopup(shop: OpenShop, { exchange, workspaceId }: KeyVisit): Promise<void> {
  const hundredths = hundredthsIn((await bodyOf(exchange, topupBody)).amount);
  if (hundredths === null) throw refuse("invalid_request");
  const { credit_delay, payment_fails } = exchange.plan;
  const id = shop.topups.create(workspaceId, hundredths, {
    paymentFails: payment_fails !== undefined,
    creditDelay: credit_delay === undefined ? null : JSON.stringify(credit_delay.ms),
  });
  sendJson(exchange.wire, 201, view(shop, owned(shop, id, workspaceId)));
}

/** GET /v1/topup/sessions/:id. */
export function readTopup(shop: OpenShop, { exchange, id, workspaceId }: KeyVisit): void {
  sendJson(exchange.wire, 200, view(shop, owned(shop, id, workspaceId)));
}

/** What the checkout page shows. `paid` tells a payment whose credit has not come yet. */
export function checkoutView(shop: OpenShop, checkoutId: string) {
  const topup = opened(shop, checkoutId);
  return {
    status: topup.status,
    paid: topup.paidAt !== null,
    requested_amount: toAmount(topup.hundredths),
    price: toUsd(topup.hundredths),
    workspace: shop.accounts.find(topup.workspaceId)?.displayName ?? "",
    created_at: iso(topup.createdAt),
  };
}

/** The person pays. `delayMs` here stands above what the session or the settings say. */
export function pay(shop: OpenShop, checkoutId: string, delayMs: number | null | undefined) {
  const topup = payable(shop, checkoutId);
  if (topup.paymentFails === 1) shop.topups.failed(topup.id);
  else {
    const { clock, settings } = shop.sandbox;
    const usual = settings.openmarlin.creditDelayMs;
    const ordered = topup.creditDelay === null ? undefined : z.number().nullable().parse(JSON.parse(topup.creditDelay));
    const scaled = usual === null ? null : clock.scaled(usual);
    shop.topups.paid(topup.id, [delayMs, ordered, scaled].find((value) => value !== undefined) ?? null);
    shop.topups.advance(Date.now());
  }
  return checkoutView(shop, checkoutId);
}

/** The card is declined. A real checkout may let one try another card; here the session ends. */
export function decline(shop: OpenShop, checkoutId: string) {
  shop.topups.failed(payable(shop, checkoutId).id);
  return checkoutView(shop, checkoutId);
}

/** The credit of a paid session comes now. */
export function creditNow(shop: OpenShop, checkoutId: string) {
  const topup = opened(shop, checkoutId);
  if (topup.paidAt === null || topup.status !== "pending_payment")
    throw new ControlRefusal(409, "Nothing is paid that waits for credit.");
  shop.topups.creditNow(topup.id);
  shop.topups.advance(Date.now());
  return checkoutView(shop, checkoutId);
}

function opened(shop: OpenShop, checkoutId: string): Topup {
  const topup = shop.topups.findByCheckout(checkoutId);
  if (topup === undefined) throw new ControlRefusal(404, "No such checkout.");
  return topup;
}

function payable(shop: OpenShop, checkoutId: string): Topup {
  const topup = opened(shop, checkoutId);
  if (topup.status !== "pending_payment") throw new ControlRefusal(409, `The session is ${topup.status}.`);
  if (topup.paidAt !== null) throw new ControlRefusal(409, "The session is paid already.");
  return topup;
}

/** Somebody else's session is as unknown as one that never was. */
function owned(shop: OpenShop, id: string, workspaceId: string): Topup {
  const topup = shop.topups.find(id);
  if (topup?.workspaceId !== workspaceId) throw refuse("topup_session_not_found");
  return topup;
}

function view(shop: OpenShop, topup: Topup) {
  return {
    topup_session_id: topup.id,
    workspace_id: topup.workspaceId,
    requested_amount: toAmount(topup.hundredths),
    status: topup.status,
    created_at: iso(topup.createdAt),
    completed_at: isoOrNull(topup.completedAt),
    stripe_reference: topup.stripeReference,
    checkout_url: pageUrl(shop, `checkout/${topup.checkoutId}`),
    credited_ledger_entry_id: topup.ledgerId,
  };
}

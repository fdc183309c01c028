import type { RunningSandbox } from "#lib/sandbox/server.ts";
import { call, control, logged, type RawAnswer } from "#lib/sandbox/testing.ts";

/** A workspace with a key of its own, made without registration. */
export interface Member {
  workspaceId: string;
  keyId: string;
  secret: string;
  /** One call with the key; a body makes it a POST. */
  ask(path: string, body?: unknown, more?: { method?: string; headers?: Record<string, string> }): Promise<RawAnswer>;
  /** The same; its JSON, whatever the status. */
  json(path: string, body?: unknown): Promise<Json>;
  balance(): Promise<number>;
}

// biome-ignore lint/suspicious/noExplicitAny: an answer is looked into by its tests, not trusted.
export type Json = any;

let members = 0;

export async function join(sandbox: RunningSandbox, credits?: number): Promise<Member> {
  members += 1;
  const made = await control(sandbox, "POST", "/openmarlin/workspaces", {
    email: `member-${members}@example.com`,
    ...(credits === undefined ? {} : { credits }),
  });
  return memberWith(sandbox, made.workspace_id, made.key_id, made.secret);
}

export function memberWith(sandbox: RunningSandbox, workspaceId: string, keyId: string, secret: string): Member {
  const ask: Member["ask"] = (path, body, { method, headers } = {}) =>
    call(sandbox.openmarlin, path, {
      headers: { authorization: `Bearer ${secret}`, ...headers },
      ...(method === undefined ? {} : { method }),
      ...(body === undefined ? {} : { body }),
    });
  const json: Member["json"] = async (path, body) => JSON.parse((await ask(path, body)).body);
  return {
    workspaceId,
    keyId,
    secret,
    ask,
    json,
    balance: async () => (await json("/v1/balance")).available_balance.amount,
  };
}

/** The balance must be the sum of the ledger, to the hundredth. Returns the balance. */
export async function audited(member: Member): Promise<number> {
  const [{ data }, balance] = await Promise.all([member.json("/v1/ledger"), member.balance()]);
  const sum = data.reduce((total: number, entry: Json) => total + Math.round(entry.amount.amount * 100), 0);
  if (sum !== Math.round(balance * 100)) throw new Error(`The ledger says ${sum / 100}, the balance ${balance}.`);
  return balance;
}

/** Instructions of the executions that were accepted, in order. */
export async function executed(sandbox: RunningSandbox): Promise<string[]> {
  return (await logged(sandbox, "execution")).map(({ instruction }) => instruction);
}

/** Named events of a stream, their data parsed. */
export function eventsOf(body: string): { event: string; data: Json }[] {
  return body
    .split("\n\n")
    .filter((block) => block.startsWith("event: "))
    .map((block) => {
      const [event = "", data = ""] = block.split("\n");
      return { event: event.slice("event: ".length), data: JSON.parse(data.slice("data: ".length)) };
    });
}

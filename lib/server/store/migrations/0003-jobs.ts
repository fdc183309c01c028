import "server-only";
import type { ColumnTypes } from "#lib/server/store/migrations/column-types.ts";

/**
 * Jobs, the OpenMarlin accounts of people, and what a run of the second backend was sent with. Only tables and columns
 * that may be empty are added, so that rows of an older version need no change.
 */
export function createJobs({ text, int, big, end }: ColumnTypes): string[] {
  return [
    `create table jobs (
      id ${text} not null primary key,
      owner_id ${text} not null references users (id) on delete cascade,
      kind ${text} not null,
      state ${text} not null,
      active ${int} not null,
      place ${text} not null,
      request_id ${text} not null,
      request_digest ${text} not null,
      join_key ${text},
      title ${text} not null,
      input ${text} not null,
      secret ${text},
      upstream_id ${text},
      upstream_state ${text},
      result ${text},
      problem ${text},
      required ${text},
      watched ${int} not null,
      epoch ${big} not null,
      lease ${big} not null,
      lease_until ${big} not null,
      failures ${int} not null,
      next_poll_at ${big},
      deadline_at ${big},
      created_at ${big} not null,
      checked_at ${big},
      ended_at ${big}
    ) ${end}`,
    "create unique index jobs_request on jobs (owner_id, request_id)",
    "create unique index jobs_join on jobs (join_key) where active = 1 and join_key is not null",
    "create index jobs_due on jobs (next_poll_at) where active = 1",
    "create index jobs_list on jobs (owner_id, created_at, id)",

    `create table openmarlin_accounts (
      user_id ${text} not null references users (id) on delete cascade,
      place ${text} not null,
      sealed_key ${text} not null,
      key_id ${text} not null,
      account_id ${text},
      workspace_id ${text} not null,
      workspace_name ${text},
      created_at ${big} not null,
      primary key (user_id, place)
    ) ${end}`,

    `alter table runs add column routing ${text}`,
    `alter table queued_messages add column routing ${text}`,
    "create index runs_waiting_for_credit on runs (owner_id, created_at) where state = 'waiting_for_credit'",
  ];
}

import "server-only";
import type { ColumnTypes } from "#lib/server/store/migrations/column-types.ts";

/** Every table of schema.ts with its keys and indexes, search apart. */
export function createTables({ text, int, big, bytes, serial, end, endWithoutRowid }: ColumnTypes): string[] {
  return [
    `create table instances (
      epoch ${serial},
      started_at ${big} not null,
      heartbeat_at ${big} not null
    ) ${end}`,

    `create table users (
      id ${text} not null primary key,
      email ${text} not null unique,
      name ${text} not null,
      password_hash ${text},
      role ${text} not null,
      is_demo ${int} not null,
      disabled_at ${big},
      locale ${text},
      theme ${text} not null,
      send_key ${text} not null,
      announce ${text} not null,
      created_at ${big} not null
    ) ${end}`,

    `create table identities (
      issuer ${text} not null,
      subject ${text} not null,
      user_id ${text} not null references users (id) on delete cascade,
      created_at ${big} not null,
      primary key (issuer, subject)
    ) ${end}`,
    "create index identities_user on identities (user_id)",

    `create table sessions (
      sid_hash ${text} not null primary key,
      user_id ${text} not null references users (id) on delete cascade,
      created_at ${big} not null,
      last_seen_at ${big} not null,
      expires_at ${big} not null,
      user_agent ${text} not null,
      address ${text} not null
    ) ${end}`,
    "create index sessions_user on sessions (user_id)",
    "create index sessions_expiry on sessions (expires_at)",

    `create table one_time_codes (
      id ${text} not null primary key,
      code_hash ${text} not null unique,
      kind ${text} not null,
      email ${text},
      user_id ${text} references users (id) on delete cascade,
      role ${text} not null,
      created_by ${text} not null,
      created_at ${big} not null,
      expires_at ${big} not null,
      used_at ${big}
    ) ${end}`,
    "create index one_time_codes_user on one_time_codes (user_id)",
    "create index one_time_codes_expiry on one_time_codes (expires_at)",

    `create table sign_in_failures (
      key ${text} not null primary key,
      failures ${int} not null,
      window_ends_at ${big} not null
    ) ${end}`,
    "create index sign_in_failures_window on sign_in_failures (window_ends_at)",

    `create table settings (
      key ${text} not null primary key,
      value ${text} not null,
      sealed ${int} not null,
      updated_at ${big} not null,
      updated_by ${text}
    ) ${end}`,

    `create table agent_settings (
      agent_id ${text} not null primary key,
      name ${text},
      description ${text},
      position ${int} not null,
      hidden ${int} not null,
      restricted ${int} not null,
      models ${text} not null
    ) ${end}`,

    `create table agent_access (
      agent_id ${text} not null,
      user_id ${text} not null references users (id) on delete cascade,
      primary key (agent_id, user_id)
    ) ${endWithoutRowid}`,
    "create index agent_access_user on agent_access (user_id)",

    `create table conversations (
      id ${text} not null primary key,
      owner_id ${text} not null references users (id) on delete cascade,
      title ${text} not null,
      title_source ${text} not null,
      agent_id ${text},
      model ${text},
      leaf_message_id ${text},
      next_seq ${int} not null,
      created_at ${big} not null,
      updated_at ${big} not null,
      seen_at ${big} not null,
      pinned_at ${big},
      archived_at ${big},
      deleted_at ${big},
      queue_paused ${int} not null,
      origin ${text} not null
    ) ${end}`,
    "create index conversations_recent on conversations (owner_id, updated_at, id) where deleted_at is null",
    `create index conversations_pinned on conversations (owner_id, pinned_at)
      where deleted_at is null and pinned_at is not null`,
    "create index conversations_deleted on conversations (deleted_at) where deleted_at is not null",
    // Deleting a person visits deleted conversations too.
    "create index conversations_owner on conversations (owner_id)",

    `create table messages (
      id ${text} not null primary key,
      conversation_id ${text} not null references conversations (id) on delete cascade,
      owner_id ${text} not null,
      parent_id ${text},
      seq ${int} not null,
      role ${text} not null,
      state ${text} not null,
      text ${text} not null,
      agent_id ${text},
      model ${text},
      run_id ${text},
      created_at ${big} not null,
      ended_at ${big},
      finish_reason ${text},
      problem ${text},
      metrics ${text} not null,
      replayed_without_images ${int} not null,
      indexed ${int} not null
    ) ${end}`,
    "create unique index messages_order on messages (conversation_id, seq)",
    "create index messages_parent on messages (parent_id)",
    "create index messages_unindexed on messages (id) where indexed = 0",

    `create table runs (
      id ${text} not null primary key,
      owner_id ${text} not null,
      request_id ${text} not null,
      request_digest ${text} not null,
      conversation_id ${text} not null references conversations (id) on delete cascade,
      user_message_id ${text} not null,
      assistant_message_id ${text} not null,
      state ${text} not null,
      active ${int} not null,
      epoch ${big} not null,
      stop_requested ${int} not null,
      backend ${text} not null,
      agent_id ${text} not null,
      model ${text},
      generation_id ${text},
      created_at ${big} not null,
      started_at ${big},
      ended_at ${big}
    ) ${end}`,
    "create unique index runs_request on runs (owner_id, request_id)",
    "create unique index runs_one_active on runs (conversation_id) where active = 1",
    "create index runs_conversation on runs (conversation_id)",
    "create index runs_assistant_message on runs (assistant_message_id)",
    "create index runs_active_epoch on runs (epoch) where active = 1",
    "create index runs_active_owner on runs (owner_id) where active = 1",

    `create table run_chunks (
      message_id ${text} not null references messages (id) on delete cascade,
      seq ${int} not null,
      text ${text} not null,
      primary key (message_id, seq)
    ) ${endWithoutRowid}`,

    `create table queued_messages (
      id ${text} not null primary key,
      conversation_id ${text} not null references conversations (id) on delete cascade,
      owner_id ${text} not null,
      request_id ${text} not null,
      request_digest ${text} not null,
      seq ${int} not null,
      text ${text} not null,
      attachment_ids ${text} not null,
      agent_id ${text} not null,
      model ${text},
      version ${int} not null,
      created_at ${big} not null
    ) ${end}`,
    "create unique index queued_messages_request on queued_messages (owner_id, request_id)",
    "create index queued_messages_order on queued_messages (conversation_id, seq)",

    `create table generations (
      id ${text} not null primary key,
      conversation_id ${text} not null references conversations (id) on delete cascade,
      owner_id ${text} not null,
      agent_id ${text} not null,
      session_key ${text} not null unique,
      head_message_id ${text},
      clean ${int} not null,
      created_at ${big} not null
    ) ${end}`,
    "create index generations_head on generations (conversation_id, head_message_id)",

    `create table drafts (
      owner_id ${text} not null references users (id) on delete cascade,
      scope ${text} not null,
      text ${text} not null,
      attachment_ids ${text} not null,
      version ${int} not null,
      updated_at ${big} not null,
      primary key (owner_id, scope)
    ) ${end}`,

    `create table attachments (
      id ${text} not null primary key,
      owner_id ${text} not null references users (id) on delete cascade,
      message_id ${text} references messages (id) on delete cascade,
      name ${text} not null,
      media_type ${text} not null,
      size_bytes ${big} not null,
      complete ${int} not null,
      created_at ${big} not null
    ) ${end}`,
    "create index attachments_owner on attachments (owner_id)",
    "create index attachments_message on attachments (message_id)",
    "create index attachments_orphans on attachments (created_at) where message_id is null",

    `create table attachment_chunks (
      attachment_id ${text} not null references attachments (id) on delete cascade,
      seq ${int} not null,
      bytes ${bytes} not null,
      primary key (attachment_id, seq)
    ) ${end}`,

    `create table audit_log (
      seq ${big} not null primary key,
      at ${big} not null,
      actor_id ${text},
      actor_name ${text} not null,
      action ${text} not null,
      object ${text} not null,
      outcome ${text} not null,
      facts ${text} not null,
      mac ${text} not null
    ) ${end}`,

    `create table audit_head (
      id ${int} not null primary key,
      seq ${big} not null,
      mac ${text} not null
    ) ${end}`,
  ];
}

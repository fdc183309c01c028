import type { SettingSource } from "#lib/shared/connections.ts";

/** Why an address is not usable. `website`: openmarlin.ai itself, where no API is. `path`: only a bare origin will do. */
export type ServerUrlProblem =
  | "not_a_url"
  | "scheme"
  | "credentials"
  | "query"
  | "plain_http_public"
  | "website"
  | "path";

/** The connection to OpenMarlin as an admin reads it; no key in it. */
export interface OpenMarlinConnectionView {
  /** False while nothing was set: then OpenMarlin is not offered to anybody. */
  enabled: boolean;
  serverUrl: { value: string; source: SettingSource };
  problem: ServerUrlProblem | null;
  /** People may connect accounts of their own. */
  registration: boolean;
  authFlow: { value: "device" | "workos_callback"; source: SettingSource };
  /** One key for everybody, which stands above those of people. */
  apiKey: { set: boolean; source: SettingSource; updatedAt: number | null; updatedByName: string | null };
  /** With a key for everybody: how much of it one person may use in 24 hours; null without a limit. */
  dailyExecutions: number | null;
  dailyVideos: number | null;
}

/** Body of `PUT /api/connections/openmarlin`. A field that is absent stays as it is; null forgets the stored value. */
export interface OpenMarlinConnectionChange {
  serverUrl?: string | null;
  registration?: boolean;
  authFlow?: "device" | "workos_callback" | null;
  apiKey?: string | null;
  dailyExecutions?: number | null;
  dailyVideos?: number | null;
  /** The admin's own password. */
  password: string;
}

/** OpenMarlin as one person meets it. */
export interface OpenMarlinView {
  /** `off`: not set up here. `shared`: one key for everybody. `person`: each has an account of their own. */
  mode: "off" | "shared" | "person";
  sandbox: boolean;
  /** The upstream's host, for display. */
  host: string | null;
  authFlow: "device" | "workos_callback";
  /** What is stored of this person; null when not connected, or where there is one key for everybody. */
  account: OpenMarlinAccountView | null;
  /** Chat and videos work for this person. */
  usable: boolean;
  /** Balance, ledger and top-up are this person's to see: their own, or they are an admin. */
  seesMoney: boolean;
  /** The registration that is under way, if one is. */
  registrationJobId: string | null;
}

export interface OpenMarlinAccountView {
  workspaceId: string;
  workspaceName: string | null;
  accountId: string | null;
  keyId: string;
  connectedAt: number;
}

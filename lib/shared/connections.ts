/** Where a setting comes from. The environment wins over what an admin stored on the Connections page. */
export type SettingSource = "environment" | "page" | "sandbox" | "default";

/** How the gateway is told who we are. */
export type GatewayAuth = "token" | "password" | "none" | "trusted-proxy";

/** The connection to the OpenClaw gateway as an admin reads it. The credential itself never leaves the server. */
export interface OpenClawConnectionView {
  /** Base address without `/v1`; null when nothing is configured. */
  url: { value: string | null; source: SettingSource };
  auth: { value: GatewayAuth; source: SettingSource };
  credential: {
    set: boolean;
    source: SettingSource;
    /** Name of the environment variable that holds it, when that is its source. */
    variable: string | null;
    /** Set when it was stored on the page. */
    updatedAt: number | null;
    updatedByName: string | null;
  };
  /** Header that carries the person's address in trusted-proxy mode. */
  userHeader: { value: string; source: SettingSource };
  /** Agent ids for gateways that have no `/v1/models`. */
  agents: { value: string[]; source: SettingSource };
}

export interface ConnectionsView {
  /** The built-in upstream stands in for all real ones. */
  sandbox: boolean;
  /** BREAKWATER_SANDBOX demands the sandbox: nothing on the page can end it. */
  forced: boolean;
  openclaw: OpenClawConnectionView;
  /** The newest probe of this process, or null before the first. */
  probe: ProbeReport | null;
}

/** Body of `PUT /api/connections`. A field that is absent stays as it is; null forgets the stored value. */
export interface ConnectionsChange {
  openclaw: {
    url?: string | null;
    auth?: GatewayAuth | null;
    /** Token or password. Must be given again when `url` changes to another address. */
    credential?: string | null;
    userHeader?: string | null;
    agents?: string[] | null;
  };
  /** The admin's own password. */
  password: string;
}

/** What an admin says about one agent. */
export interface AgentSetting {
  id: string;
  /** Null: shown under its id. */
  name: string | null;
  description: string | null;
  hidden: boolean;
  /** True: only the people in `personIds`. */
  restricted: boolean;
  personIds: string[];
  /** `provider/model` that people may choose for this agent. */
  models: string[];
}

/** `GET /api/connections/agents`. In the order in which people see them. */
export interface AgentSettingsView {
  agents: (AgentSetting & {
    /** False: known from our settings, but the gateway no longer lists it. */
    listed: boolean;
  })[];
  problem: { code: string } | null;
}

/** Every outcome of the checks of a gateway, with its meaning. Wording stands in the messages, by code. */
export const probeCodes = [
  /** No address is set and the sandbox is off. */
  "unconfigured",
  /** An address is set that is none. Facts: `reason` = not_a_url | scheme | credentials | query. */
  "bad_url",
  /** Plain http to a public host is refused by us. Facts: `host`. */
  "plain_http_public",
  /** Facts: `reason` = refused | dns | timeout | tls | reset | other. */
  "unreachable",
  /** Answers. Facts: `ms`. */
  "reached",
  /** Answers that it is not ready yet. */
  "not_ready",
  /** Something else answers there (a web page, another API). Facts: `status`. */
  "not_a_gateway",
  /** Sends us to another address; never followed. Facts: `status`. */
  "redirected",
  /** The credential is accepted. Facts: `auth`. */
  "credential_accepted",
  /** The credential is refused; nothing is sent any more until it changes. Facts: `auth`, `variable`. */
  "credential_refused",
  /** A credential is needed and none is set. Facts: `auth`. */
  "credential_missing",
  /** Too many wrong credentials came from this server's address. Facts: `retryAfterSeconds`. */
  "locked_out",
  /** `proxy_attribution_required`: a proxy between us adds X-Forwarded-* headers. Facts: `config`. */
  "header_refused",
  /** Facts: `scope`. */
  "scope_missing",
  "chat_enabled",
  /** Facts: `config` = the lines to set. */
  "chat_disabled",
  /** Facts: `count`, `ids` (comma separated, at most 20). */
  "agents_listed",
  /** Only information: people must choose an agent. Facts: `count`. */
  "several_agents",
  /** Answers, but lists no agent. */
  "no_agents",
  /** No `/v1/models`: agents come from our settings. Facts: `count`. */
  "old_gateway",
  /** No `/v1/models` and no ids in our settings. */
  "old_gateway_no_agents",
  /** Session tools answer beyond one's own session. Facts: `ids`, `mode` (all | agent), `config` = the lines that deny them. */
  "sessions_readable",
  /** Session tools answer, narrowed to one's own session. Facts: `ids`, `mode` (self | tree). */
  "sessions_narrowed",
  /** Session tools are refused over HTTP. Facts: `ids`. */
  "sessions_denied",
  /** The question about session tools had no clear answer. Facts: `ids`. */
  "sessions_unproven",
  /** Always: nothing over HTTP can show whether agents share files and memory among people. */
  "workspace_unproven",
  /** A check ended in an unexpected way. Facts: `check`, `status`. */
  "unexpected",
] as const;

export type ProbeCode = (typeof probeCodes)[number];

/** `attention` works but should be looked at; `unknown` could not be proven either way. */
export type ProbeLevel = "ok" | "attention" | "failed" | "unknown";

export interface ProbeFinding {
  code: ProbeCode;
  level: ProbeLevel;
  facts: Record<string, string | number>;
}

export interface ProbeReport {
  /** Server clock, ms. */
  at: number;
  /** The worst of what matters for chatting. */
  state: UpstreamState;
  findings: ProbeFinding[];
}

/** `served` answers, `partly` answers with something to look at, `not_reached` does not serve us. */
export type UpstreamState = "served" | "partly" | "not_reached" | "sandbox";

/** `GET /api/status`. */
export interface StatusView {
  sandbox: boolean;
  upstreams: {
    id: "openclaw";
    name: string;
    state: UpstreamState;
    /** The finding that decided, or null when all is well or nothing is known yet. */
    detailCode: ProbeCode | null;
  }[];
}

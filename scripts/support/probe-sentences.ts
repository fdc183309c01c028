import type { ProbeCode, ProbeFinding } from "#lib/shared/connections.ts";

type Facts = ProbeFinding["facts"];

/** A finding in plain words, and what to do about it. */
export interface Sentence {
  says: string;
  next?: string;
}

/** What the doctor says about each outcome of the checks of a gateway. */
export const probeSentences: Record<ProbeCode, (facts: Facts) => Sentence> = {
  unconfigured: () => ({
    says: "No gateway is configured, and the sandbox is switched off.",
    next: "Set OPENCLAW_GATEWAY_URL and OPENCLAW_GATEWAY_TOKEN, or connect one on the Connections page.",
  }),
  bad_url: ({ reason }) => ({
    says: `The gateway's address is not usable (${reason}).`,
    next: "Set OPENCLAW_GATEWAY_URL to an address such as https://gateway.example, without user, query or fragment.",
  }),
  plain_http_public: ({ host }) => ({
    says: `The gateway's address is plain http to a public host${host ? ` (${host})` : ""}; the token would travel in clear, so nothing is sent.`,
    next: "Serve the gateway over https, or reach it through a private network.",
  }),
  unreachable: ({ reason }) => ({
    says: `The gateway does not answer: ${unreachable[String(reason)] ?? "the connection failed"}.`,
    next: "Check that it runs and that OPENCLAW_GATEWAY_URL names its address and port.",
  }),
  reached: ({ ms }) => ({ says: `Something answers at the gateway's address, in ${ms} ms.` }),
  not_ready: () => ({ says: "The gateway says that it is not ready yet.", next: "Wait for it to finish starting." }),
  not_a_gateway: () => ({
    says: "What answers there is not an OpenClaw gateway.",
    next: "Check the address: the gateway listens on port 18789 unless told otherwise.",
  }),
  redirected: ({ status }) => ({
    says: `The address sends us elsewhere (${status}); redirects are never followed with a credential.`,
    next: "Set the address that it leads to.",
  }),
  credential_accepted: ({ auth }) => ({
    says: auth === "none" ? "The gateway asks for no credential." : "The gateway accepts the credential.",
  }),
  credential_refused: ({ variable }) => ({
    says: "The gateway refuses the credential. It is not sent again until it changes.",
    next: `Give the gateway's own token or password${variable ? ` in ${variable}` : ""}; it stands under gateway.auth in its configuration.`,
  }),
  credential_missing: ({ auth }) => ({
    says: `The gateway is to be asked with a ${auth}, and none is set for this address.`,
    next: "Set OPENCLAW_GATEWAY_TOKEN beside OPENCLAW_GATEWAY_URL, or give it on the Connections page.",
  }),
  locked_out: ({ retryAfterSeconds }) => ({
    says: `The gateway has locked this server out after wrong credentials, for ${retryAfterSeconds} s. The right one is refused too until then.`,
    next: "Wait, then check the credential before trying again.",
  }),
  header_refused: ({ config }) => ({
    says: "The gateway refuses requests that carry a proxy's X-Forwarded-* headers.",
    next: `Name the proxy between us in the gateway's configuration:\n${config}`,
  }),
  scope_missing: ({ scope }) => ({
    says: `The gateway does not grant the scope ${scope}.`,
    next: "Grant it, or use a token.",
  }),
  chat_enabled: () => ({ says: "The chat endpoint is switched on." }),
  chat_disabled: ({ config }) => ({
    says: "The gateway's chat endpoint is switched off.",
    next: `Set this in the gateway's configuration:\n${config}`,
  }),
  agents_listed: ({ count, ids }) => ({
    says: `The gateway lists ${count} ${count === 1 ? "agent" : "agents"}: ${ids}.`,
  }),
  several_agents: () => ({ says: "There are several agents, so each conversation names one." }),
  no_agents: () => ({ says: "The gateway lists no agent.", next: "Add one to the gateway's configuration." }),
  old_gateway: ({ count }) => ({
    says: `This release of the gateway has no list of agents; ${count} from the settings are used.`,
    next: "Updating the gateway makes the list come by itself.",
  }),
  old_gateway_no_agents: () => ({
    says: "This release of the gateway has no list of agents, and none are set here.",
    next: "Set OPENCLAW_AGENTS, for example OPENCLAW_AGENTS=main.",
  }),
  sessions_readable: ({ ids, mode, config }) => ({
    says:
      mode === "agent"
        ? `Every conversation with the same agent can be read by it: ${ids}.`
        : `Agents may read each other's sessions, other people's included: ${ids}.`,
    next: `Deny it in the gateway's configuration:\n${config}`,
  }),
  sessions_narrowed: ({ ids, mode }) => ({ says: `Session tools see no other conversations (${mode}): ${ids}.` }),
  sessions_denied: ({ ids }) => ({ says: `Session tools are denied: ${ids}.` }),
  sessions_unproven: ({ ids }) => ({ says: `Not proven whether agents may read each other's sessions: ${ids}.` }),
  workspace_unproven: () => ({
    says: "Not proven whether agents share files and memory among people.",
    next: "Treat them as if they do, and give people who must not trust each other gateways of their own.",
  }),
  unexpected: ({ check, status }) => ({
    says: `The check "${check}" ended in an unexpected way (${status}).`,
    next: "The gateway's own log tells more.",
  }),
};

const unreachable: Record<string, string> = {
  refused: "nothing listens there",
  dns: "its name is not known",
  timeout: "no answer in time",
  tls: "its certificate is not accepted",
  reset: "the connection was closed",
  sandbox: "the sandbox did not start",
};

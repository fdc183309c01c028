import type { ConnectionsChange, ConnectionsView, GatewayAuth } from "#lib/shared/connections.ts";

/** What stands in the drawer while somebody edits the gateway. */
export interface GatewayForm {
  url: string;
  auth: GatewayAuth;
  credential: string;
  userHeader: string;
  /** Separated by commas. */
  agents: string;
}

/** What the drawer begins with; the sandbox's own values are nobody's to edit. */
export function formOf({ openclaw, sandbox }: ConnectionsView): GatewayForm {
  return {
    url: sandbox ? "" : (openclaw.url.value ?? ""),
    auth: sandbox ? "token" : openclaw.auth.value,
    credential: "",
    userHeader: openclaw.userHeader.value,
    agents: openclaw.agents.value.join(", "),
  };
}

/** Only what differs goes to the server, so that a value from the environment is never stored beside it. */
export function changeOf(form: GatewayForm, before: GatewayForm): ConnectionsChange["openclaw"] {
  const change: ConnectionsChange["openclaw"] = {};
  if (form.url.trim() !== before.url) change.url = form.url.trim() === "" ? null : form.url.trim();
  if (form.auth !== before.auth || change.url !== undefined) change.auth = form.auth;
  if (form.credential !== "" && needsCredential(form.auth)) change.credential = form.credential;
  if (form.auth === "trusted-proxy" && form.userHeader !== before.userHeader) {
    change.userHeader = form.userHeader.trim() === "" ? null : form.userHeader.trim();
  }
  if (form.agents !== before.agents) {
    const ids = form.agents.split(/[,\s]+/).filter((id) => id !== "");
    change.agents = ids.length === 0 ? null : ids;
  }
  return change;
}

export function needsCredential(auth: GatewayAuth): boolean {
  return auth === "token" || auth === "password";
}

/** The problems of a refused change by field, under the words that the server uses. */
export const knownProblems = [
  "wrong",
  "environment",
  "required_for_new_address",
  "required_for_credential",
  "not_a_url",
  "scheme",
  "credentials",
  "query",
  "plain_http_public",
] as const;

export type KnownProblem = (typeof knownProblems)[number];

export function problemOf(message: string): KnownProblem | "other" {
  return knownProblems.find((known) => known === message) ?? "other";
}

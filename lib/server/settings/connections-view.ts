import "server-only";
import type { Person } from "#lib/server/auth/session.ts";
import { env } from "#lib/server/env.ts";
import { perProcess } from "#lib/server/per-process.ts";
import { changeConnection } from "#lib/server/settings/change.ts";
import { isSandbox, openclawConnection, readEffective } from "#lib/server/settings/connection.ts";
import type { EffectiveOpenClaw } from "#lib/server/settings/effective.ts";
import { getStore } from "#lib/server/store/open.ts";
import { forgetGatewayAgents, gatewayAgents } from "#lib/server/upstream/openclaw/agents.ts";
import { probeGateway } from "#lib/server/upstream/openclaw/probe.ts";
import type {
  ConnectionsChange,
  ConnectionsView,
  ProbeCode,
  ProbeReport,
  StatusView,
} from "#lib/shared/connections.ts";
import { type ErrorCode, isAppError } from "#lib/shared/errors.ts";

/** What an admin sees of the connections; no credential in it. */
export async function connectionsView(): Promise<ConnectionsView> {
  const { effective, sandbox } = await readEffective();
  const running = sandbox ? await openclawConnection().catch(() => null) : null;
  const { view } = effective;
  const openclaw: ConnectionsView["openclaw"] = sandbox
    ? {
        ...view,
        url: { value: running?.url ?? null, source: "sandbox" },
        auth: { value: "token", source: "sandbox" },
        credential: { set: true, source: "sandbox", variable: null, updatedAt: null, updatedByName: null },
      }
    : view;
  return { sandbox, forced: env().sandbox === true, openclaw, probe: lastProbe().report };
}

/** Changes the connection and shows the result; see {@link changeConnection} for what is refused. */
export async function changeConnections(
  actor: { person: Person; address: string },
  { openclaw, password }: ConnectionsChange,
): Promise<ConnectionsView> {
  await changeConnection(getStore(), actor, openclaw, password);
  forgetGatewayAgents();
  lastProbe().report = null;
  return connectionsView();
}

/** Probes the connection that counts now. Several askers at once share one probe. */
export function probeNow(person?: { id: string; email: string }): Promise<ProbeReport> {
  const held = lastProbe();
  held.running ??= probe(person)
    .then((report) => {
      held.report = report;
      return report;
    })
    .finally(() => {
      held.running = null;
    });
  return held.running;
}

/** How the upstreams stand, for the dots in the shell. Costs no call beyond reading the list of agents now and then. */
export async function statusView(person: { id: string; email: string }): Promise<StatusView> {
  const sandbox = isSandbox();
  const openclaw = { id: "openclaw" as const, name: "OpenClaw" };
  try {
    const { problem } = await gatewayAgents(await openclawConnection(), person);
    const state = problem !== null ? "not_reached" : isSandbox() ? "sandbox" : "served";
    return {
      sandbox: isSandbox(),
      upstreams: [{ ...openclaw, state, detailCode: problem === null ? null : findingOf(problem.code) }],
    };
  } catch (error) {
    if (!isAppError(error) || error.code === "store_unavailable") throw error;
    return { sandbox, upstreams: [{ ...openclaw, state: "not_reached", detailCode: findingOf(error.code) }] };
  }
}

async function probe(person: { id: string; email: string } | undefined): Promise<ProbeReport> {
  const { effective, sandbox } = await readEffective();
  const unusable = sandbox ? null : whyUnusable(effective);
  if (unusable !== null) return { at: Date.now(), state: "not_reached", findings: [unusable] };
  forgetGatewayAgents();
  return probeGateway(await openclawConnection(), {
    variable: effective.view.credential.variable ?? "",
    ...(person === undefined ? {} : { person }),
  });
}

/** The finding for an address that cannot be used at all; null when it can. */
export function whyUnusable({ connection, problem, view }: EffectiveOpenClaw): ProbeReport["findings"][number] | null {
  if (connection !== null) return null;
  if (problem === null) return { code: "unconfigured", level: "failed", facts: {} };
  if (problem !== "plain_http_public") return { code: "bad_url", level: "failed", facts: { reason: problem } };
  return { code: "plain_http_public", level: "failed", facts: { host: hostOf(view.url.value) } };
}

function hostOf(url: string | null): string {
  return url !== null && URL.canParse(url) ? new URL(url).host : "";
}

function findingOf(code: ErrorCode): ProbeCode {
  switch (code) {
    case "gateway_unconfigured":
      return "unconfigured";
    case "gateway_unreachable":
    case "gateway_first_byte_timeout":
    case "gateway_idle_timeout":
    case "gateway_total_timeout":
    case "gateway_cut":
      return "unreachable";
    case "gateway_unauthorized":
      return "credential_refused";
    case "gateway_locked_out":
      return "locked_out";
    case "gateway_refused_proxy":
      return "header_refused";
    case "gateway_endpoint_disabled":
      return "chat_disabled";
    case "gateway_malformed":
      return "not_a_gateway";
    default:
      return "unexpected";
  }
}

function lastProbe(): { report: ProbeReport | null; running: Promise<ProbeReport> | null } {
  return perProcess("connections.probe", () => {
    const held: { report: ProbeReport | null; running: Promise<ProbeReport> | null } = { report: null, running: null };
    return held;
  });
}

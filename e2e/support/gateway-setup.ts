import { shareServer } from "#e2e/support/shared-server.ts";

/** With the gateway that the environment names. */
export default function gatewaySetup(): Promise<() => Promise<void>> {
  if (process.env["OPENCLAW_GATEWAY_URL"] === undefined || process.env["GATEWAY_STUB_LOG"] === undefined) {
    throw new Error("Set OPENCLAW_GATEWAY_URL, its credential, and GATEWAY_STUB_LOG.");
  }
  const settings = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[0].startsWith("OPENCLAW_") && entry[1] !== undefined,
  );
  return shareServer(Object.fromEntries(settings));
}

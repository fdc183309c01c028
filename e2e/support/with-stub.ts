import { type RunningBreakwater, startBreakwater } from "#scripts/support/breakwater.ts";
import { type HttpPerson, setUpAdmin } from "#scripts/support/person.ts";
import { startNode } from "#scripts/support/processes.ts";

export interface WithStub extends RunningBreakwater {
  admin: HttpPerson;
  /** Where the gateway listens that streams what a message asks for. */
  gatewayUrl: string;
}

/** A production server on a fresh store before the measuring gateway, with its first admin. */
export async function startWithStub(environment: Record<string, string> = {}): Promise<WithStub> {
  const stub = startNode(["scripts/support/stub-gateway.ts"]);
  const [, port] = await stub.printed(/listening (\d+)/);
  const gatewayUrl = `http://127.0.0.1:${port}`;
  const server = await startBreakwater({
    environment: { OPENCLAW_GATEWAY_URL: gatewayUrl, OPENCLAW_GATEWAY_TOKEN: "edge", ...environment },
  });
  return {
    ...server,
    admin: await setUpAdmin(server),
    gatewayUrl,
    async dispose() {
      await server.dispose();
      await stub.end("SIGKILL");
    },
  };
}

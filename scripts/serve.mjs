// Serves what was built, in this one process. Plain JavaScript: stripping types would cost 18 MB of memory for good.
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root, stop } from "./support/install.mjs";
import { freePort, refuseToStartTwice, wantedAddress } from "./support/preflight.mjs";

const server = path.join(root, ".next", "standalone", "server.js");
if (!existsSync(server)) stop("Nothing is built yet: run npm start or npm run build.");
await refuseToStartTwice();

const { host } = wantedAddress();
Object.assign(process.env, {
  NODE_ENV: "production",
  NEXT_TELEMETRY_DISABLED: "1",
  // Next's own handler would not wait for answers that nobody watches; instrumentation.ts drains.
  NEXT_MANUAL_SIG_HANDLE: "true",
  // Next's server listens on HOSTNAME, which shells set to the machine's name.
  HOSTNAME: host.replace(/^\[|\]$/g, ""),
  PORT: String(await freePort()),
  // The standalone server changes into its own folder; DATA_DIR and the sandbox are found from here.
  BREAKWATER_ROOT: process.env["BREAKWATER_ROOT"] ?? root,
});
await import(pathToFileURL(server).href);

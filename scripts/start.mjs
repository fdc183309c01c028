// `npm start`: installs what is missing, builds when the build is stale, and serves. Runs on Node.js 20 and newer,
// because nothing is installed yet; the server itself runs on Node.js 24.
import { spawn } from "node:child_process";
import path from "node:path";
import { buildIfStale } from "./support/build.mjs";
import { childEnvironment, findNode, installWhatIsMissing, root, stop } from "./support/install.mjs";
import { refuseToStartTwice } from "./support/preflight.mjs";

await refuseToStartTwice();
installWhatIsMissing();
const node = findNode();
if (!buildIfStale()) stop("The build did not succeed; what it said stands above.");

const server = spawn(node, [path.join(root, "scripts", "serve.mjs")], {
  cwd: root,
  stdio: "inherit",
  env: childEnvironment({ NODE_ENV: "production" }),
});
// Ctrl-C reaches the server by itself; it drains, and this process waits for it.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => server.kill("SIGTERM"));
server.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));

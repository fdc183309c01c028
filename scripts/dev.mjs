// `npm run dev`: Next's development server on loopback.
import { spawn } from "node:child_process";
import { childEnvironment, findNode, installWhatIsMissing, root, tool } from "./support/install.mjs";

installWhatIsMissing();
const child = spawn(
  findNode(),
  [tool("next", "dist/bin/next"), "dev", "--hostname", process.env.HOST ?? "127.0.0.1", ...process.argv.slice(2)],
  { cwd: root, stdio: "inherit", env: childEnvironment({ BREAKWATER_ROOT: root }) },
);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 1));

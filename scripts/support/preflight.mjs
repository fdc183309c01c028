import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { root, stop } from "./install.mjs";

/** Where the settings ask the server to listen. */
export function wantedAddress() {
  const host = process.env["HOST"] || "127.0.0.1";
  const port = Number(process.env["PORT"] || 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    stop(`PORT is ${process.env["PORT"]}, which is not a port.`);
  return { host, port };
}

/** The port to listen on: the wanted one, or for PORT=0 one that is free. Says so and ends when it is taken. */
export async function freePort() {
  const { host, port } = wantedAddress();
  try {
    return await tryPort(host, port);
  } catch (error) {
    return stop(portSentence(error, host, port));
  }
}

/**
 * Ends with one sentence when Breakwater runs on the same data folder already, or the wanted port is in use. The lock
 * itself is taken by the server; this spares a build under the one that runs.
 */
export async function refuseToStartTwice() {
  const address = await runningAddress();
  if (address !== undefined) stop(`Breakwater already runs at ${address}`);
  await freePort();
}

/** Where the process that has the data folder answers, if it does. It writes `running.json` there. */
async function runningAddress() {
  if (process.env["DATABASE_URL"]) return undefined;
  const folder = path.resolve(process.env["BREAKWATER_ROOT"] || root, process.env["DATA_DIR"] || "data");
  try {
    const { address } = JSON.parse(readFileSync(path.join(folder, "running.json"), "utf8"));
    const response = await fetch(new URL("/api/health/live", address), { signal: AbortSignal.timeout(2000) });
    return response.ok ? address : undefined;
  } catch {
    // Nobody runs, or somebody died and left the file.
    return undefined;
  }
}

function tryPort(host, port) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen({ host: host.replace(/^\[|\]$/g, ""), port, exclusive: true }, () => {
      const { port: found } = probe.address();
      probe.close(() => resolve(found));
    });
  });
}

function portSentence(error, host, port) {
  switch (error.code) {
    case "EADDRINUSE":
      return `Port ${port} on ${host} is taken by another program: free it, or choose another, as in PORT=${port + 1} npm start.`;
    case "EACCES":
      return `Port ${port} may not be used by this account: choose one above 1023, as in PORT=3000 npm start.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `HOST is ${host}, which is not an address of this machine.`;
    default:
      return `Breakwater cannot listen on ${host}, port ${port}: ${error.message}.`;
  }
}

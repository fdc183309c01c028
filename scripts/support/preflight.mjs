import { createServer } from "node:net";
import { stop } from "./install.mjs";

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

/** Ends with one sentence when the same data folder, or the wanted port, is in use. */
export async function refuseToStartTwice() {
  await freePort();
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

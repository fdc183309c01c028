import "server-only";
import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { BlockList, isIP } from "node:net";

/** A base address of an upstream: `https://host[:port]` and, behind a path-based proxy, `/prefix`. */
export interface UpstreamBase {
  /** As shown to an admin: no trailing slash, no `/v1`. */
  url: string;
  origin: string;
  /** "" or `/prefix`. */
  prefix: string;
}

export type BaseProblem = "not_a_url" | "scheme" | "credentials" | "query" | "plain_http_public";

/**
 * Parses a base address strictly. Plain http is only for this machine and private networks: a credential sent in clear
 * over the public network is a lost one. Names are decided when they are resolved, see {@link lookupPrivate}.
 */
export function parseBase(text: string): UpstreamBase | { problem: BaseProblem } {
  if (!URL.canParse(text.trim())) return { problem: "not_a_url" };
  const url = new URL(text.trim());
  if (url.protocol !== "http:" && url.protocol !== "https:") return { problem: "scheme" };
  if (url.username !== "" || url.password !== "") return { problem: "credentials" };
  if (url.search !== "" || url.hash !== "" || /[?#]/.test(text)) return { problem: "query" };
  if (url.protocol === "http:" && isPublicLiteral(url.hostname)) return { problem: "plain_http_public" };
  const prefix = url.pathname.replace(/\/+$/, "").replace(/\/v1$/, "").replace(/\/+$/, "");
  return { url: url.origin + prefix, origin: url.origin, prefix };
}

/** True for loopback and private networks, v4, v6 and v4 inside v6. Link-local is left out: cloud metadata lives there. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return privateNetworks.check(mapped, "ipv4");
  return privateNetworks.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** The code of the error that {@link lookupPrivate} answers for a name with public addresses only. */
export const publicAddressCode = "ERR_PLAIN_HTTP_PUBLIC";

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** A `lookup` for sockets of plain http: only private addresses pass, whatever the name says at the moment. */
export function lookupPrivate(hostname: string, options: LookupOptions, callback: LookupCallback): void {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    const allowed = error === null ? found.filter((entry) => isPrivateAddress(entry.address)) : [];
    const first = allowed[0];
    if (error !== null) callback(error, []);
    else if (first === undefined) callback(refusal(), []);
    else if (options.all === true) callback(null, allowed);
    else callback(null, first.address, first.family);
  });
}

function refusal(): NodeJS.ErrnoException {
  return Object.assign(new Error("Plain http to a public address."), { code: publicAddressCode });
}

function isPublicLiteral(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "");
  if (isIP(bare) === 0) return false;
  // URL spells a mapped address in hexadecimal groups.
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(bare);
  if (hex === null) return !isPrivateAddress(bare);
  const high = Number.parseInt(hex[1] ?? "", 16);
  const low = Number.parseInt(hex[2] ?? "", 16);
  return !isPrivateAddress(`${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`);
}

const privateNetworks = makePrivateNetworks();

function makePrivateNetworks(): BlockList {
  const list = new BlockList();
  list.addSubnet("127.0.0.0", 8, "ipv4");
  list.addSubnet("10.0.0.0", 8, "ipv4");
  list.addSubnet("172.16.0.0", 12, "ipv4");
  list.addSubnet("192.168.0.0", 16, "ipv4");
  // Shared address space, which mesh VPNs use.
  list.addSubnet("100.64.0.0", 10, "ipv4");
  list.addAddress("::1", "ipv6");
  list.addSubnet("fc00::", 7, "ipv6");
  return list;
}

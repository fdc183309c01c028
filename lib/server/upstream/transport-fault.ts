import "server-only";
import { publicAddressCode } from "#lib/server/upstream/origin.ts";

/**
 * What can go wrong between us and an upstream, whatever it speaks.
 * - `refused`: nobody listens; the request never left.
 * - `unreachable`: no connection for another reason (`detail`); the request never left.
 * - `insecure`: plain http to a public address, refused by us.
 * - `first_byte`, `idle`, `total`: a time limit.
 * - `cut`: the connection ended before the answer did.
 * - `malformed`: not HTTP, or an encoding that was not asked for.
 */
export type FaultKind =
  | "refused"
  | "unreachable"
  | "insecure"
  | "first_byte"
  | "idle"
  | "total"
  | "cut"
  | "malformed"
  | "too_large"
  | "aborted";

/** Why there is no connection. */
export type UnreachableReason = "refused" | "dns" | "timeout" | "tls" | "reset" | "other";

/** A failed exchange. Modules are duplicated inside Next: recognise it with {@link isTransportFault}. */
export class TransportFault extends Error {
  readonly isTransportFault = true;
  readonly kind: FaultKind;
  readonly reason: UnreachableReason | undefined;

  constructor(kind: FaultKind, cause?: unknown, reason?: UnreachableReason) {
    super(`upstream: ${kind}`, cause === undefined ? undefined : { cause });
    this.name = "TransportFault";
    this.kind = kind;
    this.reason = reason;
  }
}

export function isTransportFault(error: unknown): error is TransportFault {
  return error instanceof Error && (error as { isTransportFault?: unknown }).isTransportFault === true;
}

/** The fault behind an error that came before any answer. */
export function connectFault(error: unknown): TransportFault {
  const code = codeOf(error);
  if (code === publicAddressCode) return new TransportFault("insecure", error);
  if (code === "ECONNREFUSED") return new TransportFault("refused", error, "refused");
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return new TransportFault("unreachable", error, "dns");
  if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") {
    return new TransportFault("unreachable", error, "timeout");
  }
  if (code === "EHOSTUNREACH" || code === "ENETUNREACH") return new TransportFault("unreachable", error, "other");
  if (isTls(code)) return new TransportFault("unreachable", error, "tls");
  return readFault(error);
}

/** The fault behind an error that came once the request had left. */
export function readFault(error: unknown): TransportFault {
  if (isTransportFault(error)) return error;
  const code = codeOf(error);
  const name = (error as { name?: unknown } | null)?.name;
  if (name === "HTTPParserError" || code.startsWith("HPE_") || code === "UND_ERR_HEADERS_OVERFLOW")
    return new TransportFault("malformed", error);
  if (code === "UND_ERR_INVALID_ARG" || code === "ERR_INVALID_ARG_TYPE") {
    return new TransportFault("malformed", error);
  }
  return new TransportFault("cut", error, "reset");
}

function isTls(code: string): boolean {
  return /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|HOSTNAME_MISMATCH)/.test(code);
}

function codeOf(error: unknown): string {
  const aggregate = (error as { errors?: unknown } | null)?.errors;
  if (Array.isArray(aggregate) && aggregate.length > 0) return codeOf(aggregate[0]);
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

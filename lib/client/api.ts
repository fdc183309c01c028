import type { ErrorBody, ErrorCode, FieldProblem } from "#lib/shared/errors.ts";

interface RequestOptions {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as JSON; a Blob is sent as it is. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Lets a request outlive the page, for what is saved while leaving. */
  keepalive?: boolean;
}

/** Asks the BFF and gives what it answers; 204 gives undefined. Throws {@link ApiError}. */
export async function api<T = undefined>(path: `/api/${string}`, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  // handle() shapes every answer, and each caller names the type that its route documents.
  if (response.status === 204) return undefined as T;
  return (await response.json().catch((cause: unknown) => {
    if (options.signal?.aborted) throw cause;
    throw new ApiError("offline", response.status, { cause });
  })) as T;
}

/** The same for answers that are read as they come, such as event streams, and for downloads. */
export function apiStream(path: `/api/${string}`, options: RequestOptions = {}): Promise<Response> {
  return send(path, options);
}

/** A refused or failed request. `offline` means that no answer of ours arrived. */
export class ApiError extends Error {
  readonly code: ErrorCode | "offline";
  /** 0 where nothing answered. */
  readonly status: number;
  readonly requestId: string | undefined;
  readonly fields: FieldProblem[];
  readonly retryAfterSeconds: number | undefined;
  readonly facts: Record<string, string | number>;

  constructor(
    code: ErrorCode | "offline",
    status: number,
    more: Partial<Omit<ErrorBody["error"], "code">> & { cause?: unknown } = {},
  ) {
    super(more.message ?? code, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.requestId = more.requestId;
    this.fields = more.fields ?? [];
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.facts = more.facts ?? {};
  }
}

export function isApiError(error: unknown): error is ApiError {
  return error instanceof ApiError;
}

/** The address of the sign-in page that leads back to where the person is. */
export function signInPath(): string {
  const here = location.pathname + location.search;
  return here === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(here)}`;
}

/**
 * What to do once the session is over. The shell puts a notice over the page, so that text in a composer survives until
 * the person leaves; without a listener the browser goes to the sign-in page at once.
 */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

const signedOutListeners = new Set<() => void>();

async function send(path: string, options: RequestOptions): Promise<Response> {
  const { body, signal } = options;
  const raw = body instanceof Blob;
  const init: RequestInit = {
    method: options.method ?? (body === undefined ? "GET" : "POST"),
    credentials: "same-origin",
    cache: "no-store",
    redirect: "error",
    headers: { ...(body === undefined || raw ? {} : { "content-type": "application/json" }), ...options.headers },
    keepalive: options.keepalive ?? false,
  };
  if (body !== undefined) init.body = raw ? body : JSON.stringify(body);
  if (signal !== undefined) init.signal = signal;
  const response = await fetch(path, init).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new ApiError("offline", 0, { cause });
  });
  if (response.ok) return response;
  const error = await readError(response);
  if (error.code === "unauthenticated") signedOut();
  throw error;
}

/** Something between us may answer for the server, with no body that we know: that counts as not reached. */
async function readError(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  if (typeof body === "object" && body !== null && "error" in body) {
    // Only handle() writes a JSON object with `error`, and always in this shape.
    const { error } = body as ErrorBody;
    return new ApiError(error.code, response.status, error);
  }
  return new ApiError(response.status >= 500 || response.status === 404 ? "offline" : "internal", response.status);
}

function signedOut(): void {
  if (signedOutListeners.size === 0) location.assign(signInPath());
  else for (const listener of signedOutListeners) listener();
}

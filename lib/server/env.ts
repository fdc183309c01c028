import "server-only";
import path from "node:path";
import { z } from "zod";
import { limits } from "#lib/server/limits/limits.ts";
import { perProcess } from "#lib/server/per-process.ts";

const flag = z.enum(["0", "1", "true", "false"]).transform((value) => value === "1" || value === "true");
const text = z.string().trim().min(1);
/** A list of https origins, with commas between. */
const origins = text.transform((list, context) => {
  const parsed = list.split(",").map((entry) => URL.parse(entry.trim()));
  const usable = parsed.filter((url) => url?.protocol === "https:" && url.pathname === "/" && url.search === "");
  if (usable.length === parsed.length) return usable.flatMap((url) => (url === null ? [] : [url.origin]));
  context.addIssue("write https origins without a path, with commas between");
  return z.NEVER;
});

const schema = z.object({
  NODE_ENV: z.string().optional(),
  HOST: text.default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
  TRUST_PROXY: flag.default(false),
  BREAKWATER_SANDBOX: flag.optional(),
  BREAKWATER_ROOT: text.optional(),
  BREAKWATER_SET_UP_CODE: text.min(16).optional(),
  DATABASE_URL: text.optional(),
  DATA_DIR: text.default("data"),
  DATA_KEY: text.optional(),
  AUTH_SECRET: text.optional(),
  AUTH_URL: z.url({ protocol: /^https?$/ }).optional(),
  AUTH_OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  AUTH_OIDC_ID: text.optional(),
  AUTH_OIDC_SECRET: text.optional(),
  AUTH_OIDC_NAME: text.default("OpenID Connect"),
  OPENCLAW_GATEWAY_URL: text.optional(),
  OPENCLAW_GATEWAY_TOKEN: text.optional(),
  OPENCLAW_GATEWAY_PASSWORD: text.optional(),
  OPENCLAW_GATEWAY_AUTH: z.enum(["token", "password", "none", "trusted-proxy"]).optional(),
  OPENCLAW_GATEWAY_USER_HEADER: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/i)
    .optional(),
  OPENCLAW_AGENTS: text.optional(),
  OPENCLAW_MAX_TURNS: z.coerce.number().int().min(1).max(10_000).default(limits.runs.gatewayPlaces),
  OPENCLAW_FIRST_BYTE_SECONDS: z.coerce.number().min(1).max(3600).optional(),
  OPENCLAW_IDLE_SECONDS: z.coerce.number().min(1).max(3600).optional(),
  OPENCLAW_TOTAL_SECONDS: z.coerce.number().min(1).max(86_400).optional(),
  OPENMARLIN_SERVER_URL: text.optional(),
  OPENMARLIN_PLATFORM_API_KEY: text.min(8).optional(),
  OPENMARLIN_AUTH_FLOW: z.enum(["device", "workos_callback"]).optional(),
  HANDOFF_ORIGINS: origins.optional(),
  ARTIFACT_ORIGINS: origins.optional(),
});

export type Env = ReturnType<typeof shape>;

/** The settings from the environment, parsed once a process. Throws one sentence that names the variable at fault. */
export function env(): Env {
  return perProcess("env", () => parseEnv(process.env));
}

/** Parses any environment, for tests and scripts. Empty values count as absent. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const filled = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = schema.safeParse(filled);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`The setting ${issue?.path.join(".") ?? "?"} is not valid: ${issue?.message ?? "unknown reason"}.`);
  }
  return shape(parsed.data);
}

function shape(raw: z.infer<typeof schema>) {
  const root = path.resolve(/*turbopackIgnore: true*/ raw.BREAKWATER_ROOT ?? process.cwd());
  if (!isLoopback(raw.HOST) && raw.AUTH_URL === undefined) {
    throw new Error(
      `HOST is ${raw.HOST}, which other machines can reach, so AUTH_URL must be set to the public address.`,
    );
  }
  if (raw.DATABASE_URL !== undefined && (raw.AUTH_SECRET === undefined || raw.DATA_KEY === undefined)) {
    throw new Error("With DATABASE_URL, AUTH_SECRET and DATA_KEY must be set: every process needs the same ones.");
  }
  return {
    production: raw.NODE_ENV === "production",
    root,
    host: raw.HOST,
    port: raw.PORT,
    logLevel: raw.LOG_LEVEL,
    trustProxy: raw.TRUST_PROXY,
    sandbox: raw.BREAKWATER_SANDBOX,
    /** A set-up code given by whoever starts several processes; else one is made and printed. */
    setUpCode: raw.BREAKWATER_SET_UP_CODE,
    databaseUrl: raw.DATABASE_URL,
    dataDir: path.resolve(/*turbopackIgnore: true*/ root, raw.DATA_DIR),
    dataKey: raw.DATA_KEY,
    authSecret: raw.AUTH_SECRET,
    authUrl: raw.AUTH_URL === undefined ? undefined : new URL(raw.AUTH_URL),
    oidc:
      raw.AUTH_OIDC_ISSUER !== undefined && raw.AUTH_OIDC_ID !== undefined && raw.AUTH_OIDC_SECRET !== undefined
        ? {
            issuer: raw.AUTH_OIDC_ISSUER,
            clientId: raw.AUTH_OIDC_ID,
            clientSecret: raw.AUTH_OIDC_SECRET,
            name: raw.AUTH_OIDC_NAME,
          }
        : undefined,
    openclaw: {
      url: raw.OPENCLAW_GATEWAY_URL,
      token: raw.OPENCLAW_GATEWAY_TOKEN,
      password: raw.OPENCLAW_GATEWAY_PASSWORD,
      auth: raw.OPENCLAW_GATEWAY_AUTH,
      userHeader: raw.OPENCLAW_GATEWAY_USER_HEADER?.toLowerCase(),
      agents:
        raw.OPENCLAW_AGENTS?.split(",")
          .map((id) => id.trim())
          .filter((id) => id !== "") ?? [],
      maxTurns: raw.OPENCLAW_MAX_TURNS,
      /** Time limits where set, else those of limits.ts. */
      firstByteMs: inMs(raw.OPENCLAW_FIRST_BYTE_SECONDS),
      idleMs: inMs(raw.OPENCLAW_IDLE_SECONDS),
      totalMs: inMs(raw.OPENCLAW_TOTAL_SECONDS),
    },
    openmarlin: {
      url: raw.OPENMARLIN_SERVER_URL,
      key: raw.OPENMARLIN_PLATFORM_API_KEY,
      authFlow: raw.OPENMARLIN_AUTH_FLOW,
      handoffOrigins: raw.HANDOFF_ORIGINS ?? [],
      artifactOrigins: raw.ARTIFACT_ORIGINS ?? [],
    },
  };
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

/** The address under which people open this server. */
export function appOrigin(): string {
  const { authUrl, host, port } = env();
  return authUrl?.origin ?? `http://${host}:${port}`;
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

import { availableParallelism } from "node:os";
import { z } from "zod";

/** What can be changed while the sandbox runs, through `PATCH /__control/settings`, and before it starts, through options. */
export interface Settings {
  /** Multiplies every wait that the real upstream imposes: retries, cool-downs, lockouts, expiry. 1 = real durations. */
  timeScale: number;
  /** Multiplies the natural pace of the authored agents. Directives such as `[[slow 50]]` keep their own time. */
  paceScale: number;
  openclaw: GatewaySettings;
  openmarlin: MarlinSettings;
}

export interface MarlinSettings {
  /** Origin of the app, which serves the pages for approval and checkout; null = the OpenMarlin part's own, which has none. */
  pagesOrigin: string | null;
  /** What a new workspace is given. */
  startingCredits: number;
  /** How long a registration session waits for its approval. Times `timeScale`, as are the three durations below. */
  registrationMs: number;
  taskQueuedMs: number;
  taskRunningMs: number;
  /** From payment to credit; null = until the control endpoint says so. */
  creditDelayMs: number | null;
  /** Providers that answer `provider_unavailable`. */
  providersDown: string[];
  /** Which of the two shapes new usage events get; one that was stored keeps its own. */
  settlement: "nested" | "flat";
  /** Where the contract leaves a place or a name open, each can be tried. */
  artifactIn: "output" | "metadata";
  chunkField: "delta" | "text" | "chunk" | "content" | "output";
  outputShape: "text" | "object";
}

export interface GatewaySettings {
  /** Agent ids in the order in which `/v1/models` lists them. At least one. */
  agents: string[];
  auth: "token" | "password" | "none";
  /** The two switches `gateway.http.endpoints.*.enabled`. */
  chat: boolean;
  responses: boolean;
  /** `gateway.auth.rateLimit`; null = loopback is exempt, which is the real default. */
  lockout: { attempts: number; windowMs: number; lockoutMs: number } | null;
  /** `agents.defaults.maxConcurrent`: turns that run at once; the rest wait behind the role chunk. */
  maxConcurrent: number;
  /** `2026.2` is the contract of the older releases: one endpoint, no finish chunk, errors as text. */
  release: "2026.9" | "2026.2";
}

/** Fields that are absent keep their value. */
export type SettingsChange = z.infer<typeof settingsChange>;

const gatewayChange = z.strictObject({
  agents: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/))
    .min(1)
    .optional(),
  auth: z.enum(["token", "password", "none"]).optional(),
  chat: z.boolean().optional(),
  responses: z.boolean().optional(),
  lockout: z
    .strictObject({
      attempts: z.int().positive(),
      windowMs: z.int().positive().default(60_000),
      lockoutMs: z.int().positive().default(60_000),
    })
    .nullable()
    .optional(),
  maxConcurrent: z.int().positive().optional(),
  release: z.enum(["2026.9", "2026.2"]).optional(),
});

const marlinChange = z.strictObject({
  pagesOrigin: z
    .string()
    .regex(/^https?:\/\/[^/?#@\s]+$/)
    .nullable()
    .optional(),
  startingCredits: z.number().min(0).max(100_000).multipleOf(0.01).optional(),
  registrationMs: z.int().min(0).optional(),
  taskQueuedMs: z.int().min(0).optional(),
  taskRunningMs: z.int().min(0).optional(),
  creditDelayMs: z.int().min(0).nullable().optional(),
  providersDown: z.array(z.string()).optional(),
  settlement: z.enum(["nested", "flat"]).optional(),
  artifactIn: z.enum(["output", "metadata"]).optional(),
  chunkField: z.enum(["delta", "text", "chunk", "content", "output"]).optional(),
  outputShape: z.enum(["text", "object"]).optional(),
});

/** Body of `PATCH /__control/settings`. */
export const settingsChange = z.strictObject({
  timeScale: z.number().min(0).max(1000).optional(),
  paceScale: z.number().min(0).max(1000).optional(),
  openclaw: gatewayChange.optional(),
  openmarlin: marlinChange.optional(),
});

/** A fresh set of settings; `change` is parsed, so it may come from outside. Throws a ZodError. */
export function makeSettings(change: unknown = {}): Settings {
  const settings: Settings = {
    timeScale: 1,
    paceScale: 1,
    openclaw: {
      agents: ["harbour-guide", "typesetter", "longhand", "toolsmith"],
      auth: "token",
      chat: true,
      responses: true,
      lockout: null,
      maxConcurrent: Math.max(8, 4 * availableParallelism()),
      release: "2026.9",
    },
    openmarlin: {
      pagesOrigin: null,
      // Four messages by automatic routing, then a shortfall.
      startingCredits: 5,
      registrationMs: 600_000,
      taskQueuedMs: 3000,
      taskRunningMs: 20_000,
      creditDelayMs: 2000,
      providersDown: [],
      settlement: "nested",
      artifactIn: "output",
      chunkField: "delta",
      outputShape: "text",
    },
  };
  applySettings(settings, settingsChange.parse(change));
  return settings;
}

/** Writes the given fields into `settings`, in place: everything holds the same object. */
export function applySettings(settings: Settings, change: SettingsChange): void {
  const { openclaw, openmarlin, ...times } = change;
  Object.assign(settings, withoutUndefined(times));
  Object.assign(settings.openclaw, withoutUndefined(openclaw ?? {}));
  Object.assign(settings.openmarlin, withoutUndefined(openmarlin ?? {}));
}

function withoutUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

import type { Sandbox } from "#lib/sandbox/context.ts";
import type { Exchange } from "#lib/sandbox/exchange.ts";
import { type Refusal, refuse, refuseNotOk } from "#lib/sandbox/openclaw/answers.ts";
import { sameSecret } from "#lib/sandbox/secret.ts";

type Scope = "operator.read" | "operator.write" | "operator.admin";

/** Who may call. Counts wrong credentials by address, in memory as the real one does. */
export interface Access {
  /** Throws the refusal the real gateway would answer. */
  check(exchange: Exchange): void;
  /** Throws 403 when this request's own scopes leave `scope` out. Only mode none lets a request name its scopes. */
  requireScope(exchange: Exchange, scope: Scope): void;
  reset(): void;
}

export function makeAccess({ settings, clock, token }: Sandbox): Access {
  let failures = new Map<string, { times: number[]; lockedUntil: number }>();

  return {
    check(exchange) {
      // Before the credential is looked at. The contract saw X-Forwarded-For; the others are taken to be treated alike.
      if (Object.keys(exchange.headers).some((name) => forwarding.test(name))) throw attributionRequired();
      const { auth, lockout } = settings.openclaw;
      if (auth === "none") return;
      const record = failures.get(exchange.address);
      if (lockout !== null && record !== undefined && record.lockedUntil > Date.now())
        throw lockedOut(record.lockedUntil);
      const given = exchange.headers.authorization;
      const bearer = given?.match(/^bearer\s+(.*)$/i)?.[1]?.trim() ?? "";
      if (bearer !== "" && sameSecret(bearer, token)) {
        failures.delete(exchange.address);
        return;
      }
      // Unknown in the contract: whether a missing credential counts. Here only a wrong one does.
      if (lockout !== null && bearer !== "") {
        const now = Date.now();
        const times = [...(record?.times ?? []).filter((at) => at > now - clock.scaled(lockout.windowMs)), now];
        // The attempt that trips the limit is still answered 401; the next one meets the lockout.
        const lockedUntil = times.length >= lockout.attempts ? now + clock.scaled(lockout.lockoutMs) : 0;
        failures.set(exchange.address, { times: lockedUntil > 0 ? [] : times, lockedUntil });
      }
      throw refuse(401, "unauthorized", "Unauthorized");
    },
    requireScope(exchange, scope) {
      const named = exchange.headers["x-openclaw-scopes"];
      if (settings.openclaw.auth !== "none" || named === undefined) return;
      const scopes = String(named).split(/[\s,]+/);
      if (!enough[scope].some((one) => scopes.includes(one))) throw missingScope(scope);
    },
    reset() {
      failures = new Map();
    },
  };
}

const forwarding = /^(x-forwarded-.+|forwarded|x-real-ip)$/;

/** A stronger scope includes the weaker ones. */
const enough: Record<Scope, Scope[]> = {
  "operator.read": ["operator.read", "operator.write", "operator.admin"],
  "operator.write": ["operator.write", "operator.admin"],
  "operator.admin": ["operator.admin"],
};

function attributionRequired(): Refusal {
  return refuse(
    403,
    "proxy_attribution_required",
    "Proxy client attribution is required. Configure gateway.trustedProxies narrowly and make the proxy overwrite or safely rebuild forwarded client headers.",
  );
}

function lockedOut(until: number): Refusal {
  const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1000));
  return refuse(429, "rate_limited", "Too many failed authentication attempts. Please try again later.", {
    "Retry-After": String(seconds),
  });
}

function missingScope(scope: Scope): Refusal {
  return refuseNotOk(403, "forbidden", `missing scope: ${scope}`, {
    code: "MISSING_SCOPE",
    missingScope: scope,
    requiredScopes: [scope],
  });
}

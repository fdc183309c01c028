import "server-only";
import { env } from "#lib/server/env.ts";

/**
 * The content security policy of one page. Scripts run only with the nonce, or loaded by one that did; nothing of another
 * origin loads at all. Style attributes are allowed because the renderers of code and math write them.
 */
export function pagePolicy(nonce: string): string {
  const { production, authUrl } = env();
  const directives = [
    "default-src 'self'",
    // React's development build evaluates strings to rebuild stack traces of the server.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${production ? "" : " 'unsafe-eval'"}`,
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "connect-src 'self'",
    "media-src 'self' blob:",
    "worker-src 'self'",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  if (authUrl?.protocol === "https:") directives.push("upgrade-insecure-requests");
  return directives.join("; ");
}

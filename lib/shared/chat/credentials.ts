export type CredentialKind =
  | "openai_key"
  | "anthropic_key"
  | "github_token"
  | "aws_key"
  | "google_key"
  | "slack_token"
  | "stripe_key"
  | "private_key"
  | "jwt"
  | "bearer"
  | "password_in_url"
  | "assignment";

export interface FoundCredential {
  kind: CredentialKind;
  /** The first characters, so that a person finds the place; never the whole. */
  excerpt: string;
}

/** What in a text looks like a credential, one of a kind at most. It is a warning for people, not a filter. */
export function findCredentials(text: string): FoundCredential[] {
  const scanned = text.slice(0, maxScannedChars);
  const found: FoundCredential[] = [];
  for (const [kind, pattern] of patterns) {
    const match = pattern.exec(scanned);
    if (match === null) continue;
    const secret = match.groups?.["secret"] ?? match[0];
    if (isPlaceholder(secret)) continue;
    found.push({ kind, excerpt: `${match[0].slice(0, 12)}…` });
  }
  return found;
}

const maxScannedChars = 200_000;

// Every repetition is bounded or of one class that its follower is not in, so that no text makes a search slow.
const patterns: [CredentialKind, RegExp][] = [
  ["anthropic_key", /\bsk-ant-[\w-]{20,300}/],
  ["openai_key", /\bsk-(?!ant-)(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,300}/],
  ["github_token", /\b(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_\w{40,255})/],
  ["aws_key", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["google_key", /\bAIza[\w-]{35}/],
  ["slack_token", /\bxox[abeoprs]-[A-Za-z0-9-]{10,250}/],
  ["stripe_key", /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,250}/],
  ["private_key", /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/],
  ["jwt", /\beyJ[\w-]{10,4000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000}/],
  ["bearer", /\bBearer[ \t]+(?<secret>[\w.~+/-]{20,4000}=*)/i],
  ["password_in_url", /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{1,100}:(?<secret>[^\s/:@]{3,200})@[^\s/]/i],
  [
    "assignment",
    /\b(?:password|passwd|secret|api[_-]?key|access[_-]?token|auth[_-]?token)["']?[ \t]{0,5}[:=][ \t]{0,5}["']?(?<secret>(?=[^\s"']{0,40}\d)(?=[^\s"']{0,40}[A-Za-z])[^\s"'<>{}()$]{12,200})/i,
  ],
];

/** What documentation writes in the place of a credential. */
function isPlaceholder(secret: string): boolean {
  return /x{6,}|\*{3,}|\.{3,}|your|example|placeholder|redacted|<|changeme/i.test(secret) || new Set(secret).size < 6;
}

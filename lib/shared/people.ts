/** Whoever is signed in, as their own browser reads it. */
export interface MeView {
  id: string;
  email: string;
  name: string;
  role: "admin" | "member";
  isDemo: boolean;
  locale: string | null;
  theme: "system" | "light" | "dark";
  sendKey: "enter" | "mod_enter";
  /** What a screen reader is told of a growing answer. */
  announce: "sentences" | "end";
}

/** A person as an admin sees them. Times are milliseconds since 1970, as everywhere. */
export interface PersonView {
  id: string;
  email: string;
  name: string;
  role: "admin" | "member";
  isDemo: boolean;
  disabledAt: number | null;
  createdAt: number;
}

/** An invitation that nobody has accepted yet. Its link was shown once and cannot be shown again. */
export interface InvitationView {
  id: string;
  /** Null where whoever holds the link says their address. */
  email: string | null;
  role: "admin" | "member";
  createdAt: number;
  expiresAt: number;
  createdByName: string | null;
}

/** A one-time link at the only moment it is shown. */
export interface OneTimeLinkView {
  id: string;
  code: string;
  url: string;
  expiresAt: number;
}

/** What a one-time link is for, as its holder sees it. */
export interface LinkView {
  kind: "invite" | "reset";
  /** The address that must be used, or whose password it is; null where the invited person says it. */
  email: string | null;
  role: "admin" | "member";
  expiresAt: number;
}

/** What the sign-in, set-up and invitation pages need before anybody is signed in. */
export interface SetUpView {
  /** No first admin exists: the printed code makes one. */
  needed: boolean;
  /** The printed code opens the demo account. */
  demo: boolean;
  /** The OpenID Connect provider to offer, by its display name. */
  oidc: { name: string } | null;
}

/** One of a person's own sessions. */
export interface SessionView {
  /** Names the session; opens nothing. */
  id: string;
  current: boolean;
  createdAt: number;
  lastSeenAt: number;
  /** As the browser said; display text only. */
  userAgent: string;
  address: string;
}

/** A row of the audit log. */
export interface AuditView {
  seq: number;
  at: number;
  actorName: string;
  /** Dotted verb, as in `user.disable`. */
  action: string;
  object: string;
  outcome: "intent" | "done" | "refused" | "failed" | "unknown";
  facts: Record<string, string | number | boolean | null>;
}

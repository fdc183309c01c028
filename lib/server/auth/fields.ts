import "server-only";
import { z } from "zod";
import { limits } from "#lib/server/limits/limits.ts";

/** An e-mail address as the store keeps it. */
export function emailForm(email: string): string {
  return email.normalize("NFKC").trim().toLowerCase();
}

/** An e-mail address from a form, in its stored form. */
export const emailSchema = z.string().max(254).transform(emailForm).pipe(z.email().max(254));

/** What a person is called: one line, without control characters and what turns text around. */
export const nameSchema = z
  .string()
  .transform((name) => name.normalize("NFC").replace(/\s+/gu, " ").trim())
  .pipe(
    z
      .string()
      .min(1)
      .max(80)
      .regex(/^[^\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+$/u),
  );

/** A password from a form. How good a new one is, `requireGoodPassword` says. */
export const passwordSchema = z
  .string()
  .min(1)
  .max(limits.password.maxChars * 4);

/** A one-time code from a link. */
export const codeSchema = z.string().regex(/^[\w-]{16,128}$/);

export const roleSchema = z.enum(["admin", "member"]);

/** The hash that names a session to its owner. */
export const sidHashSchema = z.string().regex(/^[0-9a-f]{64}$/);

import "server-only";
import { z } from "zod";
import { codeSchema } from "#lib/server/auth/fields.ts";
import { readBytes } from "#lib/server/http/body.ts";
import { AppError } from "#lib/shared/errors.ts";

const schema = z.strictObject({
  csrfToken: z.string().min(1).max(200),
  email: z.string().max(320).optional(),
  password: z.string().max(1000).optional(),
  /** Where to go afterwards; what is not on our origin becomes the front page. */
  callbackUrl: z.string().max(2000).optional(),
  /** Answer with JSON rather than a redirect. */
  json: z.union([z.literal("true"), z.literal(true).transform(() => "true" as const)]).optional(),
  /** Accepted from next-auth's own client, and without meaning. */
  redirect: z.union([z.string().max(10), z.boolean()]).optional(),
  /** Link the identity to the account that is signed in. */
  link: z.union([z.literal("true"), z.literal(true).transform(() => "true" as const)]).optional(),
  /** Accept this invitation with the identity. */
  invite: codeSchema.optional(),
});

export type AuthForm = z.infer<typeof schema>;

/** The fields of a POST to `/api/auth/*`, sent as JSON or as a form. A JSON request is answered with JSON. */
export async function readAuthForm(request: Request): Promise<AuthForm> {
  const bytes = await readBytes(request, 16 * 1024);
  const asForm = isForm(request);
  const parsed = schema.safeParse(asForm ? parseForm(bytes) : parseJson(request, bytes));
  if (!parsed.success) {
    const fields = parsed.error.issues.slice(0, 20).map(({ path, message }) => ({ path: path.join("."), message }));
    throw new AppError("invalid_input", "The request is not valid.", { fields });
  }
  return asForm ? parsed.data : { ...parsed.data, json: "true" };
}

/** Whether a browser sent this form by itself and waits for a page. */
export function isPlainForm(request: Request, form: AuthForm): boolean {
  return isForm(request) && form.json === undefined;
}

function isForm(request: Request): boolean {
  return /^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers.get("content-type") ?? "");
}

function parseForm(bytes: Uint8Array): unknown {
  return Object.fromEntries(new URLSearchParams(new TextDecoder().decode(bytes)));
}

function parseJson(request: Request, bytes: Uint8Array): unknown {
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get("content-type") ?? "")) {
    throw new AppError("unsupported_media_type", "The body must be JSON or a form.");
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new AppError("bad_request", "The body is not valid JSON in UTF-8.", { cause: error });
  }
}

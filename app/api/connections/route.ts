import { z } from "zod";
import { handle } from "#lib/server/http/handle.ts";
import { agentIdSchema } from "#lib/server/http/schemas.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { changeConnections, connectionsView } from "#lib/server/settings/connections-view.ts";

const changeSchema = z.strictObject({
  openclaw: z.strictObject({
    url: z.string().trim().min(1).max(2000).nullable().exactOptional(),
    auth: z.enum(["token", "password", "none", "trusted-proxy"]).nullable().exactOptional(),
    // It becomes a header, so only what a header may carry.
    credential: z
      .string()
      .trim()
      .regex(/^[\x21-\x7e]{1,4000}$/)
      .nullable()
      .exactOptional(),
    userHeader: z
      .string()
      .regex(/^(?!(authorization|cookie|host|connection|te|transfer-|content-|accept|x-openclaw-))[a-z0-9-]{1,64}$/i)
      .nullable()
      .exactOptional(),
    agents: z.array(agentIdSchema).max(200).nullable().exactOptional(),
  }),
  password: z.string().max(limits.password.maxChars),
});

/** The connections as an admin may see them. */
export const GET = handle({ access: "admin", act: connectionsView });

/** Changes them; needs the admin's password. */
export const PUT = handle({
  access: "admin",
  rate: "admin",
  body: changeSchema,
  act: ({ person, address, body }) => changeConnections({ person, address }, body),
});

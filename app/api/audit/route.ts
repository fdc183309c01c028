import { z } from "zod";
import { listAudit } from "#lib/server/audit/list.ts";
import { handle } from "#lib/server/http/handle.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { getStore } from "#lib/server/store/open.ts";

const number = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number);

export const GET = handle({
  access: "admin",
  query: z.strictObject({
    before: number.optional(),
    action: z
      .string()
      .regex(/^[a-z_]+(\.[a-z_]+)*$/)
      .max(100)
      .optional(),
    limit: number.pipe(z.number().max(limits.page.audit)).optional(),
  }),
  act: ({ query }) => listAudit(getStore(), query),
});

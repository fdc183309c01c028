import { z } from "zod";
import { demoIsOpen } from "#lib/server/auth/demo.ts";
import { nameSchema } from "#lib/server/auth/fields.ts";
import { changeMe, hasPassword, toMe } from "#lib/server/auth/me.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";
import { version } from "#lib/server/version.ts";

export const GET = handle({
  access: "person",
  async act({ person }) {
    const sandbox = await demoIsOpen();
    return { person: toMe(person), hasPassword: await hasPassword(getStore(), person), sandbox, version: version() };
  },
});

export const PATCH = handle({
  access: "person",
  body: z.strictObject({
    name: nameSchema.optional(),
    locale: z.enum(["en", "zh-cn"]).nullable().optional(),
    theme: z.enum(["system", "light", "dark"]).optional(),
    sendKey: z.enum(["enter", "mod_enter"]).optional(),
    announce: z.enum(["sentences", "end"]).optional(),
  }),
  act: async ({ person, body }) => ({ person: await changeMe(getStore(), person, body) }),
});

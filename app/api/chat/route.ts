import { sendMessage } from "#lib/server/chat/send.ts";
import { sendSchema } from "#lib/server/chat/send-schema.ts";
import { handle } from "#lib/server/http/handle.ts";

export const POST = handle({
  access: "person",
  body: sendSchema,
  rate: "send",
  act: ({ person, body }) => sendMessage(person, body),
});

import { draftSchema, readDraft, saveDraft, scopeParams } from "#lib/server/chat/drafts.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

export const GET = handle({
  access: "person",
  params: scopeParams,
  act: ({ person, params }) => readDraft(getStore(), person.id, params.scope),
});

export const PUT = handle({
  access: "person",
  params: scopeParams,
  body: draftSchema,
  act: ({ person, params, body }) => saveDraft(getStore(), person.id, params.scope, body),
});

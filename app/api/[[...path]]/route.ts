import { handle } from "#lib/server/http/handle.ts";
import { AppError } from "#lib/shared/errors.ts";

/** What no other route answers: a refusal in our own shape rather than a page. */
const nothingHere = handle({
  access: "public",
  body: "stream",
  act: () => Promise.reject(new AppError("not_found", "There is nothing at this address.")),
});

export { nothingHere as DELETE, nothingHere as GET, nothingHere as PATCH, nothingHere as POST, nothingHere as PUT };

/** Says that the process answers; for whatever restarts it. Tells nothing else, so it needs no session. */
export function GET(): Response {
  return Response.json({ status: "live" }, { headers: { "cache-control": "no-store" } });
}

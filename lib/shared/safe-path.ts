/** `path` when it leads to a page of ours and nowhere else, else the front page. For `?next=`. */
export function safePath(path: unknown): string {
  if (typeof path !== "string" || path.length > 1000 || !/^\/(?![/\\])/.test(path)) return "/";
  const url = URL.parse(path, "http://breakwater.invalid");
  if (url === null || url.origin !== "http://breakwater.invalid") return "/";
  // Sign-in pages lead on to themselves, and the BFF answers no pages.
  if (/^\/(sign-in|setup|invite|api)(\/|$)/.test(url.pathname)) return "/";
  return url.pathname + url.search;
}

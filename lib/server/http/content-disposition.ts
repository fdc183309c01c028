import "server-only";

/**
 * A `Content-Disposition` with a name in any script (RFC 6266): an ASCII fallback, and the whole name in UTF-8. The name
 * is display text; nothing in it can end the header or climb out of a folder.
 */
export function contentDisposition(kind: "inline" | "attachment", name: string): string {
  const safe =
    name
      .toWellFormed()
      .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "")
      .replaceAll(/[/\\:*?"<>|]/g, "-")
      .replace(/^[.\s]+/, "")
      .trim() || "file";
  const ascii = safe.replaceAll(/[^\x20-\x7e]|[%;]/g, "_");
  const encoded = encodeURIComponent(safe).replaceAll(
    /['()*!]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

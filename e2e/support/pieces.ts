/** Pieces of this length of a secret may stand nowhere (SECURITY I1). */
const pieceChars = 12;

/** The first piece of a secret, or of a usual spelling of it, that stands in a text; undefined when there is none. */
export function pieceIn(text: string, secret: string): string | undefined {
  const spellings = [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    Buffer.from(secret).toString("base64url"),
  ];
  for (const spelling of spellings) {
    for (let at = 0; at + pieceChars <= spelling.length; at += 1) {
      const piece = spelling.slice(at, at + pieceChars);
      if (text.includes(piece)) return piece;
    }
  }
  return undefined;
}

import { invalid } from "#lib/sandbox/openclaw/answers.ts";

export interface Image {
  mimeType: string;
  bytes: number;
}

/** At most 8 parts, 10 MB each, 20 MB together. */
const limits = { parts: 8, partBytes: 10_000_000, totalBytes: 20_000_000 };
const accepted = /^data:image\/(png|jpe?g|gif|webp|heic|heif)(?:;[^;,]+)*;base64,([A-Za-z0-9+/_-]+={0,2})$/i;

/** Images of the newest user message of a chat request. Throws 400: remote addresses and other types are refused. */
export function imagesOfDataUris(uris: string[]): Image[] {
  if (uris.length > limits.parts) throw refused();
  const images = uris.map((uri) => {
    const [, type = "", data] = uri.trim().match(accepted) ?? [];
    if (data === undefined) throw refused();
    return { mimeType: `image/${type.toLowerCase().replace("jpg", "jpeg")}`, content: Buffer.from(data, "base64") };
  });
  const total = images.reduce((sum, { content }) => sum + content.length, 0);
  if (total > limits.totalBytes || images.some(({ content }) => content.length > limits.partBytes)) throw refused();
  // What claims to be an image and is none is dropped without a word: the model gets the text alone.
  return images
    .filter(({ content }) => isImage(content))
    .map(({ mimeType, content }) => ({ mimeType, bytes: content.length }));
}

function refused() {
  return invalid("Invalid image_url content in `messages`.");
}

function isImage(content: Buffer): boolean {
  const start = content.subarray(0, 12).toString("latin1");
  return (
    start.startsWith("\x89PNG\r\n\x1a\n") ||
    start.startsWith("\xff\xd8\xff") ||
    start.startsWith("GIF8") ||
    (start.startsWith("RIFF") && start.endsWith("WEBP")) ||
    start.slice(4, 8) === "ftyp"
  );
}

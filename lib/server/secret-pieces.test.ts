import { expect, test } from "vitest";
import { SecretFilter, SecretPieces, secretMask } from "#lib/server/secret-pieces.ts";

const token = "gw-7Kq9ZpXv2LmNtR4sWy8BdFhJ";
const pieces = new SecretPieces([token]);

/** Every piece of 12 characters. */
function piecesOf(secret: string): string[] {
  return Array.from({ length: secret.length - 11 }, (_, at) => secret.slice(at, at + 12));
}

test("a secret is masked wherever it stands, and the text around it stays", () => {
  for (let before = 0; before < 12; before += 1) {
    const around = "x".repeat(before);
    expect(pieces.mask(`${around}${token}, he said`)).toBe(`${around}${secretMask}, he said`);
  }
});

test("every piece of twelve characters is masked, at every place", () => {
  for (const piece of piecesOf(token)) {
    for (let before = 0; before < 6; before += 1) {
      expect(pieces.mask(`${" ".repeat(before)}${piece}!`)).toBe(`${" ".repeat(before)}${secretMask}!`);
    }
  }
});

test("eleven characters tell nothing, and ordinary text stays as it is", () => {
  expect(pieces.mask(token.slice(3, 14))).toBe(token.slice(3, 14));
  const prose = "The gateway's token stands in its configuration; nobody should print it. 网关的令牌。";
  expect(pieces.mask(prose)).toBe(prose);
});

test("a short secret counts as a whole, and a shorter one not at all", () => {
  expect(new SecretPieces(["hunter2-x"]).mask("it is hunter2-x.")).toBe(`it is ${secretMask}.`);
  expect(new SecretPieces(["hunter2-x"]).mask("it is hunter2-.")).toBe("it is hunter2-.");
  expect(new SecretPieces(["secret"]).mask("a secret")).toBe("a secret");
});

test("a secret that repeats itself does not make masking slow", () => {
  const repeated = new SecretPieces(["a".repeat(4000)]);
  expect(repeated.mask(`b${"a".repeat(4000)}b`)).toMatch(/^b•+b$/);
});

test.each([1, 2, 3, 5, 7, 11, 12, 40])("no piece comes through a text cut every %d characters", (size) => {
  const text = `Here it is: ${token}. Once more: ${token}${token} and half of it, ${token.slice(5, 20)}.`;
  const filter = new SecretFilter([new SecretPieces(["another secret of ours"]), pieces]);
  let out = "";
  for (let at = 0; at < text.length; at += size) out += filter.push(text.slice(at, at + size));
  out += filter.end();
  for (const piece of piecesOf(token)) expect(out).not.toContain(piece);
  expect(out).toContain(secretMask);
  expect(out.startsWith("Here it is: ")).toBe(true);
  expect(out.endsWith(".")).toBe(true);
});

test.each([1, 2, 3, 4, 9])("a text without a secret comes through unchanged, cut every %d characters", (size) => {
  const text = `gw-7Kq9 is a beginning, ${token.slice(0, 11)} is more of it, and so is ZpXv2Lm. 完。 ${token.slice(-10)}`;
  const filter = new SecretFilter([pieces]);
  let out = "";
  for (let at = 0; at < text.length; at += size) out += filter.push(text.slice(at, at + size));
  expect(out + filter.end()).toBe(text);
});

test("what is no beginning of a secret is not held back", () => {
  const filter = new SecretFilter([pieces]);
  for (const part of ["Hello", " there", ", how", " are you?"]) expect(filter.push(part)).toBe(part);
});

/** Prose, lists, a table and code as a model streams them: about four characters a token. */
export function markdownTokens(count: number): string[] {
  const tokens: string[] = [];
  for (let part = 1; tokens.length < count; part += 1) tokens.push(...split(section(part)));
  return tokens.slice(0, count);
}

function section(part: number): string {
  return `## Part ${part}: what the harbour keeps

A breakwater takes the force out of the sea, so that what lies behind it stays **calm**. It does so with *mass* and with \`shape\`,
and it is judged on its worst day. Here is what to look at when you walk along one:

1. the toe, where the water digs;
2. the armour, whose stones must lock into each other;
3. the crown, which decides how much comes over.

| stone | weight | where |
| --- | ---: | --- |
| core | 0.2 t | inside |
| under-layer | 2 t | between |
| armour | 20 t | outside |

\`\`\`ts
export function runUp(height: number, slope: number, period: number): number {
  const length = (9.81 * period ** 2) / (2 * Math.PI);
  const breaker = slope / Math.sqrt(height / length);
  return height * Math.min(1.75 * breaker, 4.3 - 1.6 / Math.sqrt(breaker));
}
\`\`\`

> The sea is never still for long, and so a wall is never finished.

`;
}

function split(text: string): string[] {
  return text.match(/\s?[^\s]{1,5}|\s/g) ?? [];
}

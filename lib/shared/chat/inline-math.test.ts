import { expect, test } from "vitest";
import { displayMathMark as display, inlineMathMark as inline, protectMath } from "./inline-math.ts";

test.each([
  ["dollars around math", "so $a_b * c$ holds", `so \`${inline}a_b * c\` holds`],
  ["brackets around math", String.raw`so \(x^2\) holds`, `so \`${inline}x^2\` holds`],
  ["display math in a line", "so $$x$$ holds", `so \`${display}x\` holds`],
  ["display math in an item", "- \\[\n  x\n  \\]", `- \`${display}x\``],
  ["sums of money", "from $5 to $6, or $5-$6", "from $5 to $6, or $5-$6"],
  ["a dollar alone", "costs $5", "costs $5"],
  ["an escaped dollar", String.raw`\$a$ and $b`, String.raw`\$a$ and $b`],
  ["a dollar in code", "`$a$` and ``$b`$``", "`$a$` and ``$b`$``"],
  ["a dollar in a fence", "- ```sh\n  echo $a$b\n  ```\n- $c$", `- \`\`\`sh\n  echo $a$b\n  \`\`\`\n- \`${inline}c\``],
  ["a bar in a table", "| a |\n|---|\n| $|x|$ |", `| a |\n|---|\n| \`${inline}\\vert x\\vert\` |`],
  ["a backtick in math", "$a`b$", "$a`b$"],
  ["text without math", "nothing here", "nothing here"],
])("%s", (_, source, result) => {
  expect(protectMath(source)).toBe(result);
});

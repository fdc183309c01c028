import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";

/** The official client is the strictest reader of the contract that others know. */
describe("the official openai package", () => {
  let sandbox: RunningSandbox;
  let client: OpenAI;
  beforeAll(async () => {
    sandbox = await startSandbox({ settings: { openclaw: { agents: ["main", "writer"] } } });
    client = new OpenAI({ baseURL: `${sandbox.url}/v1`, apiKey: sandbox.token, maxRetries: 0 });
  });
  afterAll(() => sandbox.close());

  const question = { model: "openclaw/main", messages: [{ role: "user" as const, content: "hello" }] };

  it("lists the models", async () => {
    const models = await client.models.list();
    expect(models.data.map(({ id }) => id)).toEqual([
      "openclaw",
      "openclaw/default",
      "openclaw/main",
      "openclaw/writer",
    ]);
    expect((await client.models.retrieve("openclaw/writer")).id).toBe("openclaw/writer");
  });

  it("gets a whole answer", async () => {
    const answer = await client.chat.completions.create(question);
    expect(answer.choices[0]?.message.content).toBe("stub(stub-1) turns=1 images=0 say: hello");
    expect(answer.usage?.total_tokens).toBe(37);
  });

  it("follows a stream to its end, usage included", async () => {
    const stream = await client.chat.completions.create({
      ...question,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let finish: string | null = null;
    let total = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      finish = chunk.choices[0]?.finish_reason ?? finish;
      total = chunk.usage?.total_tokens ?? total;
    }
    expect({ text, finish, total }).toEqual({
      text: "stub(stub-1) turns=1 images=0 say: hello",
      finish: "stop",
      total: 37,
    });
  });

  it("throws the error inside a stream", async () => {
    const stream = await client.chat.completions.create({
      ...question,
      messages: [{ role: "user", content: "[[http 400]]" }],
      stream: true,
    });
    const read = async () => {
      for await (const _ of stream);
    };
    await expect(read()).rejects.toThrow("400 stub error 400");
  });

  it("calls a function of the client's own", async () => {
    const answer = await client.chat.completions.create({
      model: "openclaw/main",
      messages: [{ role: "user", content: '[[tool tool_call {"name":"weather","arguments":{"city":"Genoa"}}]]' }],
      tools: [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }],
    });
    const [called] = answer.choices[0]?.message.tool_calls ?? [];
    expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
    expect(called?.type === "function" && called.function).toEqual({ name: "weather", arguments: '{"city":"Genoa"}' });
  });

  it("makes embeddings and a response", async () => {
    const { data } = await client.embeddings.create({
      model: "openclaw/main",
      input: "alpha",
      encoding_format: "float",
    });
    expect(data[0]?.embedding).toHaveLength(8);
    const response = await client.responses.create({ model: "openclaw/main", input: "hello" });
    expect(response.output_text).toContain("say: hello");
  });

  it("refuses a wrong key", async () => {
    const stranger = new OpenAI({ baseURL: `${sandbox.url}/v1`, apiKey: "wrong", maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toMatchObject({ status: 401, type: "unauthorized" });
  });
});

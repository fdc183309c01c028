import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  audited,
  eventsOf,
  executed,
  type Json,
  join,
  type Member,
} from "#lib/sandbox/openmarlin/openmarlin.testing.ts";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import { control, eventually, open } from "#lib/sandbox/testing.ts";

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ settings: { timeScale: 0, paceScale: 0 } });
});
afterAll(() => sandbox.close());

const executions = "/v1/executions";
const fault = (...faults: object[]) =>
  control(sandbox, "POST", "/faults", { match: { upstream: "openmarlin", path: executions }, faults });
const set = (openmarlin: object) => control(sandbox, "PATCH", "/settings", { openmarlin });

describe("the models", () => {
  it("are listed with their providers and labels, and nothing else", async () => {
    const { data } = await (await join(sandbox)).json("/v1/models");
    expect(data).toEqual([
      {
        id: "harbour/beacon",
        providers: [
          { provider_id: "prov_north", model_providers: ["harbour"], labels: { region: "eu", tier: "standard" } },
          {
            provider_id: "prov_south",
            model_providers: ["harbour", "lighthouse"],
            labels: { region: "us", tier: "standard" },
          },
        ],
      },
      {
        id: "harbour/beacon-mini",
        providers: [
          { provider_id: "prov_north", model_providers: ["harbour"], labels: { region: "eu", tier: "standard" } },
          { provider_id: "prov_swift", model_providers: ["harbour"], labels: { region: "us", tier: "fast" } },
        ],
      },
      {
        id: "lighthouse/keeper",
        providers: [
          {
            provider_id: "prov_south",
            model_providers: ["harbour", "lighthouse"],
            labels: { region: "us", tier: "standard" },
          },
        ],
      },
    ]);
  });
});

describe("an execution", () => {
  it("answers in one piece, whatever the client accepts", async () => {
    const member = await join(sandbox);
    const answer = await member.ask(
      executions,
      { instruction: "[[words 3]]", kind: "agent_run", metadata: { trace: "t1" } },
      { headers: { accept: "text/event-stream" } },
    );
    expect(answer).toMatchObject({ status: 200, headers: { "content-type": "application/json; charset=utf-8" } });
    expect(JSON.parse(answer.body)).toEqual({
      request_id: expect.stringMatching(/^req_[0-9a-f]{32}$/),
      output: "w1 w2 w3",
      metadata: { trace: "t1", provider_id: "prov_north", model: "harbour/beacon" },
    });
    expect(await audited(member)).toBe(3.8);
  });

  it("answers as a stream of named events when asked for one, whatever the client accepts", async () => {
    const member = await join(sandbox);
    const answer = await member.ask(
      executions,
      { instruction: "[[words 3]]", stream: true, session_key: "s" },
      { headers: { accept: "application/json" } },
    );
    expect(answer.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    const events = eventsOf(answer.body);
    const request_id = events[0]?.data.request_id;
    expect(events).toEqual([
      { event: "execution.start", data: { request_id, provider_id: "prov_north", model: "harbour/beacon" } },
      { event: "execution.chunk", data: { request_id, delta: "w1 " } },
      { event: "execution.chunk", data: { request_id, delta: "w2 " } },
      { event: "execution.chunk", data: { request_id, delta: "w3" } },
      {
        event: "execution.end",
        data: {
          request_id,
          output: "w1 w2 w3",
          metadata: { provider_id: "prov_north", model: "harbour/beacon", session_key: "s" },
        },
      },
    ]);
    expect(answer.body).not.toContain("[DONE]");
  });

  it.each(["text", "chunk", "content", "output"])("can carry its pieces under %s", async (chunkField) => {
    await set({ chunkField });
    const { body } = await (await join(sandbox)).ask(executions, { instruction: "[[words 1]]", stream: true });
    expect(eventsOf(body)[1]?.data).toEqual({ request_id: expect.any(String), [chunkField]: "w1" });
    await set({ chunkField: "delta" });
  });

  it("can have an object for its output", async () => {
    await set({ outputShape: "object" });
    const { output } = await (await join(sandbox)).json(executions, { instruction: "[[words 2]]" });
    expect(output).toEqual({ text: "w1 w2", finish_reason: "stop" });
    await set({ outputShape: "text" });
  });

  it("remembers what was said under its session key, for its own workspace only", async () => {
    const [member, stranger] = [await join(sandbox), await join(sandbox)];
    const say = async (who: Member, session_key?: string) =>
      (
        await who.json(executions, {
          instruction: "hello",
          agent_id: "main",
          model: "harbour/beacon-mini",
          ...(session_key === undefined ? {} : { session_key }),
        })
      ).output;
    // Without a directive it is the purser who speaks; a fault's directive lets the stub say what it saw.
    const turns = async (who: Member, key?: string) => {
      await fault({ kind: "directive", text: "[[slow 0]]" });
      return /turns=(\d+)/.exec(await say(who, key))?.[1];
    };
    expect(await turns(member, "k")).toBe("1");
    expect(await turns(member, "k")).toBe("2");
    expect(await turns(member)).toBe("1");
    expect(await turns(member, "other")).toBe("1");
    expect(await turns(stranger, "k")).toBe("1");
  });

  it("is answered by the purser, in the language of the instruction, or by an agent that is asked for", async () => {
    const member = await join(sandbox, 100);
    const say = async (instruction: string, more = {}) =>
      (await member.json(executions, { instruction, ...more })).output;
    expect(await say("hello")).toMatch(/^Welcome aboard\./);
    expect(await say("你好，我想充值")).toContain("结账页");
    expect(await say("How do I top up?")).toContain("checkout");
    expect(await say("Can you make a video?")).toContain("[[fail]]");
    expect(await say("Which models are there?")).toContain("harbour/beacon-mini");
    expect(await say("What is my balance?")).toContain("ledger");
    expect(await say("hello", { agent_id: "harbour-guide" })).not.toMatch(/purser/);
  });

  it("is made anew and charged anew by every call", async () => {
    const member = await join(sandbox);
    const body = { instruction: "[[words 1]] twice", session_key: "k" };
    const answers: Json[] = await Promise.all([member.json(executions, body), member.json(executions, body)]);
    expect(answers[0].request_id).not.toBe(answers[1].request_id);
    expect((await executed(sandbox)).filter((said) => said === body.instruction)).toHaveLength(2);
    expect(await audited(member)).toBe(2.6);
  });

  it.each<[string, unknown, string]>([
    ["no instruction", {}, "invalid_request"],
    ["an empty instruction", { instruction: "" }, "invalid_request"],
    ["a list of messages", { messages: [{ role: "user", content: "hi" }] }, "invalid_request"],
    ["a stream that is a string", { instruction: "x", stream: "yes" }, "invalid_request"],
    ["no time at all", { instruction: "x", timeout_ms: 0 }, "invalid_request"],
    ["a model without a provider", { instruction: "x", model: "beacon" }, "invalid_request"],
    ["a model provider", { instruction: "x", model_provider: "harbour" }, "invalid_request"],
    ["a model provider in the other spelling", { instruction: "x", modelProvider: "harbour" }, "invalid_request"],
    ["an idempotency key", { instruction: "x", idempotency_key: "k" }, "invalid_request"],
    ["labels that are a list", { instruction: "x", labels: ["eu"] }, "invalid_routing_labels"],
    ["a label that is a number", { instruction: "x", labels: { region: 1 } }, "invalid_routing_labels"],
    ["another kind", { instruction: "x", kind: "skill_run" }, "execution_kind_not_available"],
    ["what is no JSON", "{", "invalid_request"],
  ])("is refused for %s", async (_, body, error) => {
    const member = await join(sandbox);
    expect(await member.ask(executions, body)).toMatchObject({ status: 400, body: JSON.stringify({ error }) });
    expect(await audited(member)).toBe(5);
  });
});

describe("the routing", () => {
  it.each<[object, string, string]>([
    [{}, "prov_north", "harbour/beacon"],
    [{ labels: {} }, "prov_north", "harbour/beacon"],
    [{ model: "lighthouse/keeper" }, "prov_south", "lighthouse/keeper"],
    [{ provider_id: "prov_swift" }, "prov_swift", "harbour/beacon-mini"],
    [{ provider_id: "prov_swift", labels: { tier: "fast" } }, "prov_swift", "harbour/beacon-mini"],
    [{ labels: { region: "eu" } }, "prov_north", "harbour/beacon"],
    [{ labels: { region: "us" }, model: "harbour/beacon" }, "prov_south", "harbour/beacon"],
  ])("of %j leads to %s and %s", async (wish, provider_id, model) => {
    const { metadata } = await (await join(sandbox)).json(executions, { instruction: "[[words 1]]", ...wish });
    expect(metadata).toEqual({ provider_id, model });
  });

  it.each<[object, number, string]>([
    [{ provider_id: "prov_nope" }, 404, "execution_provider_not_found"],
    [{ model: "harbour/nope" }, 404, "execution_provider_not_found"],
    [{ provider_id: "prov_north", model: "lighthouse/keeper" }, 404, "execution_provider_not_found"],
    [{ labels: { region: "moon" } }, 404, "execution_provider_not_found"],
    [{ labels: { toString: "x" } }, 404, "execution_provider_not_found"],
    [{ provider_id: "prov_north", labels: { region: "us" } }, 409, "provider_label_mismatch"],
    [{ labels: { region: "us" } }, 409, "execution_provider_ambiguous"],
  ])("of %j fails with %i %s", async (wish, status, error) => {
    const member = await join(sandbox);
    expect(await member.ask(executions, { instruction: "x", ...wish })).toMatchObject({
      status,
      body: JSON.stringify({ error }),
    });
    expect(await audited(member)).toBe(5);
  });

  it("passes by a provider that is down, unless it is wanted", async () => {
    await set({ providersDown: ["prov_north"] });
    const member = await join(sandbox);
    expect((await member.json(executions, { instruction: "[[words 1]]" })).metadata.provider_id).toBe("prov_south");
    expect(await member.ask(executions, { instruction: "x", provider_id: "prov_north" })).toMatchObject({
      status: 503,
      body: '{"error":"provider_unavailable"}',
    });
    await set({ providersDown: [] });
  });
});

describe("an execution that fails", () => {
  it.each<[string, number, string]>([
    ["[[http 500]]", 503, "provider_unavailable"],
    ["[[hang]]", 504, "execution_timeout"],
  ])("by %s says so in either form, and costs nothing", async (instruction, status, error) => {
    const member = await join(sandbox);
    const body = { instruction, timeout_ms: 60 };
    expect(await member.ask(executions, body)).toMatchObject({ status, body: JSON.stringify({ error }) });
    const events = eventsOf((await member.ask(executions, { ...body, stream: true })).body);
    expect(events.map(({ event }) => event)).toEqual(["execution.start", "execution.error"]);
    expect(events[1]?.data).toEqual({ request_id: expect.any(String), error });
    expect(await audited(member)).toBe(5);
  });

  it("in the middle ends its stream with an error, or without any end", async () => {
    const member = await join(sandbox);
    const names = async (instruction: string) =>
      eventsOf((await member.ask(executions, { instruction, stream: true })).body).map(({ event }) => event.slice(10));
    expect(await names("[[words 9]] [[errchunk 2]]")).toEqual(["start", "chunk", "chunk", "error"]);
    expect(await names("[[words 9]] [[drop 2]]")).toEqual(["start", "chunk", "chunk"]);
    expect(await audited(member)).toBe(5);
  });

  it("does not belong to its session", async () => {
    const member = await join(sandbox);
    await member.ask(executions, { instruction: "[[http 500]]", session_key: "k" });
    await fault({ kind: "directive", text: "[[slow 0]]" });
    const { output } = await member.json(executions, { instruction: "hello", session_key: "k" });
    expect(output).toContain("turns=1");
  });
});

describe("a balance that does not suffice", () => {
  it("comes after a few messages, with the exact numbers in the other shape", async () => {
    const member = await join(sandbox);
    for (let i = 0; i < 4; i += 1) expect((await member.ask(executions, { instruction: "hello" })).status).toBe(200);
    for (const stream of [false, true]) {
      const answer = await member.ask(executions, { instruction: "hello", stream });
      expect(answer).toMatchObject({ status: 402, headers: { "content-type": "application/json; charset=utf-8" } });
      expect(JSON.parse(answer.body)).toEqual({
        error_code: "insufficient_balance",
        message: expect.any(String),
        workspace_id: member.workspaceId,
        current_balance: { amount: 0.2, unit: "credits" },
        required_balance: { amount: 1.2, unit: "credits" },
      });
    }
    expect(await audited(member)).toBe(0.2);
    expect((await member.json("/v1/usage-events")).data).toHaveLength(4);
  });

  it("stops all but those it suffices for, however many come at once", async () => {
    const member = await join(sandbox);
    const statuses = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        member
          .ask(executions, { instruction: `[[words 20]] [[slow 1]] rush ${index}`, stream: index % 2 === 0 })
          .then(({ status }) => status),
      ),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(4);
    expect(statuses.filter((status) => status === 402)).toHaveLength(20);
    expect(await audited(member)).toBe(0.2);
  });

  it("always is the sum of the ledger, in the middle of charges, reversals and credit", async () => {
    const member = await join(sandbox, 20);
    const work: Promise<unknown>[] = [];
    for (let i = 0; i < 12; i += 1) {
      work.push(
        member.ask(executions, { instruction: i % 3 === 0 ? "[[http 500]]" : "[[words 5]] [[slow 2]]" }),
        member
          .json("/v1/topup/sessions", { amount: 0.1 })
          .then(({ checkout_url }) =>
            control(sandbox, "POST", `/openmarlin/checkouts/${checkout_url.split("/").at(-1)}/pay`),
          ),
        member.json("/v1/ledger").then(({ data }) => {
          const sum = data.reduce((total: number, entry: Json) => total + Math.round(entry.amount.amount * 100), 0);
          expect(sum).toBeGreaterThanOrEqual(0);
        }),
      );
    }
    await Promise.all(work);
    expect(await audited(member)).toBe(11.6);
    const { data } = await member.json("/v1/ledger");
    expect(data.filter(({ status }: Json) => status !== "posted")).toEqual([]);
  });
});

describe("a client that is gone", () => {
  it("has its execution done and charged all the same, since nothing cancels one", async () => {
    const member = await join(sandbox);
    const instruction = "[[words 40]] [[slow 5]] left alone";
    const response = await open(sandbox.openmarlin, executions, {
      headers: { authorization: `Bearer ${member.secret}` },
      body: { instruction, stream: true },
    });
    await once(response, "data");
    response.destroy();
    const { data } = await eventually(async () => {
      const usage = await member.json("/v1/usage-events");
      return usage.data.length > 0 ? usage : undefined;
    });
    expect(data[0].status).toBe("succeeded");
    expect(await audited(member)).toBe(3.8);
  });

  it("because the answer was lost, was charged", async () => {
    const member = await join(sandbox);
    for (const stream of [false, true]) {
      await fault({ kind: "lost_answer" });
      await expect(member.ask(executions, { instruction: "[[words 3]]", stream })).rejects.toThrow(
        /hang up|ECONNRESET/,
      );
    }
    expect((await member.json("/v1/usage-events")).data).toHaveLength(2);
    expect(await audited(member)).toBe(2.6);
  });
});

describe("faults of the bytes", () => {
  it("cut a stream before its end, and the work was done", async () => {
    const member = await join(sandbox);
    await fault({ kind: "cut", afterBytes: 300, how: "end" });
    const { body } = await member.ask(executions, { instruction: "[[words 30]]", stream: true });
    expect(body).toHaveLength(300);
    expect(await audited(member)).toBe(3.8);
  });

  it("meet the upstream they name, though the paths are alike", async () => {
    const member = await join(sandbox);
    await control(sandbox, "POST", "/faults", {
      match: { upstream: "openclaw", path: "/v1/models" },
      faults: [{ kind: "html", status: 502 }],
    });
    expect((await member.ask("/v1/models")).status).toBe(200);
    await control(sandbox, "DELETE", "/faults");
  });
});

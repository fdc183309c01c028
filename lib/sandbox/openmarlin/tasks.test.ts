import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { audited, type Json, join, type Member } from "#lib/sandbox/openmarlin/openmarlin.testing.ts";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import { control, eventually } from "#lib/sandbox/testing.ts";

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ settings: { openmarlin: { taskQueuedMs: 100, taskRunningMs: 120 } } });
});
afterAll(() => sandbox.close());

const tasks = "/v1/tasks";
const order = (more: object = {}) => ({ kind: "video", input: { prompt: "Waves at dusk" }, ...more });

function ended(member: Member, id: string): Promise<Json> {
  return eventually(async () => {
    const task = await member.json(`${tasks}/${id}`);
    return task.completed_at === null ? undefined : task;
  });
}

describe("a task", () => {
  it("waits, runs and succeeds, with a video to fetch", async () => {
    const member = await join(sandbox);
    const answer = await member.ask(tasks, order({ metadata: { title: "Dusk" } }));
    expect(answer.status).toBe(202);
    const submitted = JSON.parse(answer.body);
    expect(submitted).toEqual({
      task_id: expect.stringMatching(/^task_[0-9a-f]{32}$/),
      kind: "video",
      status: "queued",
      provider_id: "prov_reel",
      workspace_id: member.workspaceId,
      created_at: expect.any(String),
      updated_at: submitted.created_at,
      started_at: null,
      completed_at: null,
      error: null,
      output: null,
      metadata: { title: "Dusk" },
    });
    expect(await audited(member)).toBe(2);
    const running = await eventually(async () => {
      const task = await member.json(`${tasks}/${submitted.task_id}`);
      return task.status === "queued" ? undefined : task;
    });
    expect(running.started_at).toEqual(expect.any(String));
    const done = await ended(member, submitted.task_id);
    expect(done).toMatchObject({
      status: "succeeded",
      error: null,
      updated_at: done.completed_at,
      metadata: { title: "Dusk" },
      output: {
        artifact_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/artifacts\/[0-9a-f]{32}\.webm$/),
        content_type: "video/webm",
        duration_ms: 5000,
      },
    });
    expect(Date.parse(done.completed_at) - Date.parse(done.started_at)).toBe(120);
    expect((await member.json("/v1/usage-events")).data).toEqual([
      expect.objectContaining({ capability: "video", status: "succeeded", request_id: submitted.task_id }),
    ]);
    expect(await audited(member)).toBe(2);
  });

  it("can name its video in the metadata", async () => {
    const member = await join(sandbox);
    const { task_id } = await member.json(tasks, order({ metadata: { title: "Dusk" } }));
    await control(sandbox, "POST", `/openmarlin/tasks/${task_id}/finish`, {});
    await control(sandbox, "PATCH", "/settings", { openmarlin: { artifactIn: "metadata" } });
    expect(await member.json(`${tasks}/${task_id}`)).toMatchObject({
      output: null,
      metadata: { title: "Dusk", artifact_url: expect.stringContaining("/artifacts/") },
    });
    await control(sandbox, "PATCH", "/settings", { openmarlin: { artifactIn: "output" } });
  });

  it.each<[string, () => Promise<unknown>, object]>([
    ["the prompt says so", async () => {}, { kind: "video", input: { prompt: "A storm [[fail]]" } }],
    [
      "a fault says so",
      () => control(sandbox, "POST", "/faults", { match: { path: tasks }, faults: [{ kind: "task_fails" }] }),
      order(),
    ],
  ])("fails when %s, and its charge is reversed", async (_, prepare, body) => {
    const member = await join(sandbox);
    await prepare();
    const { task_id } = await member.json(tasks, body);
    expect(await ended(member, task_id)).toMatchObject({
      status: "failed",
      error: "video_generation_failed",
      output: null,
    });
    expect(await audited(member)).toBe(5);
    expect((await member.json("/v1/usage-events")).data[0].status).toBe("failed");
  });

  it("can be ended from outside, once", async () => {
    const member = await join(sandbox);
    const { task_id } = await member.json(tasks, order());
    const finish = () => control(sandbox, "POST", `/openmarlin/tasks/${task_id}/finish`, { error: "out_of_film" });
    expect(await finish()).toEqual({ status: "failed" });
    await expect(finish()).rejects.toThrow(/^409 /);
    expect(await member.json(`${tasks}/${task_id}`)).toMatchObject({ status: "failed", error: "out_of_film" });
    expect(await audited(member)).toBe(5);
  });

  it.each<[number | undefined, number]>([
    [undefined, 7],
    [1000, 9.4],
    [5001, 6.4],
    [15_000, 1],
  ])("of %s ms leaves %d of ten credits", async (duration_ms, left) => {
    const member = await join(sandbox, 10);
    await member.json(tasks, order({ input: { prompt: "x", ...(duration_ms === undefined ? {} : { duration_ms }) } }));
    expect(await audited(member)).toBe(left);
  });

  it("needs the balance as anything does, and a refused one leaves its key free", async () => {
    const member = await join(sandbox, 1);
    const body = order({ idempotency_key: "k" });
    const answer = await member.ask(tasks, body);
    expect(answer.status).toBe(402);
    expect(JSON.parse(answer.body)).toMatchObject({
      error_code: "insufficient_balance",
      current_balance: { amount: 1, unit: "credits" },
      required_balance: { amount: 3, unit: "credits" },
    });
    await control(sandbox, "POST", `/openmarlin/workspaces/${member.workspaceId}/adjust`, { credits: 2 });
    expect((await member.ask(tasks, body)).status).toBe(202);
    expect(await audited(member)).toBe(0);
  });

  it.each<[string, unknown, string]>([
    ["another kind", { kind: "song", input: { prompt: "x" } }, "task_executor_not_found"],
    ["no kind", { input: { prompt: "x" } }, "invalid_request"],
    ["no input", { kind: "video" }, "invalid_request"],
    ["a blank prompt", order({ input: { prompt: " " } }), "invalid_request"],
    ["a model", order({ model: "harbour/beacon" }), "invalid_request"],
    ["labels", order({ labels: { region: "eu" } }), "invalid_request"],
    ["an unknown input", order({ input: { prompt: "x", seed: 1 } }), "invalid_request"],
    ["an address of another scheme", order({ input: { prompt: "x", media_urls: ["file:///a"] } }), "invalid_request"],
    ["no duration", order({ input: { prompt: "x", duration_ms: 0 } }), "invalid_request"],
    ["a ratio in words", order({ input: { prompt: "x", aspect_ratio: "wide" } }), "invalid_request"],
    ["an empty key", order({ idempotency_key: "" }), "invalid_request"],
    ["what is no JSON", "{", "invalid_request"],
  ])("is refused for %s", async (_, body, error) => {
    const member = await join(sandbox);
    expect(await member.ask(tasks, body)).toMatchObject({ status: 400, body: JSON.stringify({ error }) });
    expect(await audited(member)).toBe(5);
  });

  it("takes every field of the contract", async () => {
    const input = {
      prompt: "x",
      media_urls: ["https://example.com/a.png"],
      media_ids: ["m1"],
      duration_ms: 4000,
      aspect_ratio: "9:16",
    };
    expect((await (await join(sandbox)).ask(tasks, order({ input, metadata: { a: { b: [1] } } }))).status).toBe(202);
  });

  it("of somebody else is as unknown as none", async () => {
    const [member, stranger] = [await join(sandbox), await join(sandbox)];
    const { task_id } = await member.json(tasks, order());
    for (const id of [task_id, "task_nope"])
      expect(await stranger.ask(`${tasks}/${id}`)).toMatchObject({ status: 404, body: '{"error":"task_not_found"}' });
    // There is no list and no cancel.
    expect((await member.ask(tasks)).status).toBe(405);
    expect((await member.ask(`${tasks}/${task_id}`, undefined, { method: "DELETE" })).status).toBe(405);
    expect((await member.ask(`${tasks}/${task_id}/cancel`, {})).status).toBe(404);
  });
});

describe("an idempotency key", () => {
  it("leads to one task and one charge, at once or later, in whatever order the fields stand", async () => {
    const member = await join(sandbox, 10);
    const one = order({ idempotency_key: "k", metadata: { a: 1, b: { c: 2, d: 3 } } });
    const other = {
      idempotency_key: "k",
      metadata: { b: { d: 3, c: 2 }, a: 1 },
      input: { prompt: "Waves at dusk" },
      kind: "video",
    };
    const answers = await Promise.all([one, other, one, other].map((body) => member.json(tasks, body)));
    const ids = new Set(answers.map(({ task_id }) => task_id));
    expect(ids.size).toBe(1);
    const done = await ended(member, answers[0].task_id);
    const again = await member.ask(tasks, one);
    expect(again.status).toBe(200);
    expect(JSON.parse(again.body)).toEqual(done);
    expect(await audited(member)).toBe(7);
  });

  it("with another payload is a conflict", async () => {
    const member = await join(sandbox, 10);
    await member.json(tasks, order({ idempotency_key: "k" }));
    for (const body of [
      order({ idempotency_key: "k", input: { prompt: "Other" } }),
      order({ idempotency_key: "k", metadata: {} }),
    ])
      expect(await member.ask(tasks, body)).toMatchObject({ status: 409, body: '{"error":"idempotency_conflict"}' });
    expect(await audited(member)).toBe(7);
  });

  it("of another workspace is another, and none is none", async () => {
    const [member, stranger] = [await join(sandbox, 10), await join(sandbox, 10)];
    const bodies = [order({ idempotency_key: "k" }), order(), order()];
    const ids = await Promise.all([
      stranger.json(tasks, bodies[0]),
      ...bodies.map((body) => member.json(tasks, body)),
    ]).then((made) => made.map(({ task_id }) => task_id));
    expect(new Set(ids).size).toBe(4);
    expect(await audited(member)).toBe(1);
  });

  it("finds the task whose answer was lost", async () => {
    const member = await join(sandbox, 10);
    const body = order({ idempotency_key: "k" });
    await control(sandbox, "POST", "/faults", { match: { path: tasks }, faults: [{ kind: "lost_answer" }] });
    await expect(member.ask(tasks, body)).rejects.toThrow(/hang up|ECONNRESET/);
    expect((await member.ask(tasks, body)).status).toBe(200);
    expect(await audited(member)).toBe(7);
  });
});

describe("the video", () => {
  let address: string;
  let whole: Buffer;
  beforeAll(async () => {
    const member = await join(sandbox);
    const { task_id } = await member.json(tasks, order());
    await control(sandbox, "POST", `/openmarlin/tasks/${task_id}/finish`, {});
    address = (await member.json(`${tasks}/${task_id}`)).output.artifact_url;
    whole = await bytes(await fetch(address));
  });

  const bytes = async (answer: Response) => Buffer.from(await answer.arrayBuffer());
  const part = (range: string, more = {}) => fetch(address, { headers: { range, ...more } });

  it("is a real one, and needs no key", async () => {
    const answer = await fetch(address);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("video/webm");
    expect(answer.headers.get("accept-ranges")).toBe("bytes");
    expect(Number(answer.headers.get("content-length"))).toBe(whole.length);
    // The EBML head of a WebM file, and a VP9 track in it.
    expect(whole.subarray(0, 4).toString("hex")).toBe("1a45dfa3");
    expect(whole.includes("webm") && whole.includes("V_VP9")).toBe(true);
  });

  it.each<[string, (length: number) => [number, number]]>([
    ["bytes=0-99", () => [0, 99]],
    ["bytes=100-", (length) => [100, length - 1]],
    ["bytes=-50", (length) => [length - 50, length - 1]],
    ["bytes=10-99999999", (length) => [10, length - 1]],
    ["bytes=-99999999", (length) => [0, length - 1]],
  ])("serves the range %s", async (range, ends) => {
    const [from, to] = ends(whole.length);
    const answer = await part(range);
    expect(answer.status).toBe(206);
    expect(answer.headers.get("content-range")).toBe(`bytes ${from}-${to}/${whole.length}`);
    expect((await bytes(answer)).equals(whole.subarray(from, to + 1))).toBe(true);
  });

  it("has nothing beyond its end", async () => {
    const answer = await part(`bytes=${whole.length}-`);
    expect(answer.status).toBe(416);
    expect(answer.headers.get("content-range")).toBe(`bytes */${whole.length}`);
    expect((await bytes(await part("bytes=-0"))).length).toBe(0);
  });

  it.each(["bytes=0-1,5-6", "bytes=9-3", "lines=0-1", "bytes=-"])("answers %s with everything", async (range) => {
    const answer = await part(range);
    expect([answer.status, (await bytes(answer)).length]).toEqual([200, whole.length]);
  });

  it("answers a range of something older with everything", async () => {
    expect((await part("bytes=0-9", { "if-range": '"other"' })).status).toBe(200);
    const etag = (await fetch(address)).headers.get("etag") ?? "";
    expect((await part("bytes=0-9", { "if-range": etag })).status).toBe(206);
  });

  it("can be cut like anything else", async () => {
    await control(sandbox, "POST", "/faults", {
      match: { path: "/artifacts/" },
      faults: [{ kind: "cut", afterBytes: 1000, how: "reset" }],
    });
    await expect(fetch(address).then(bytes)).rejects.toThrow();
  });

  it("is not there before its task has succeeded, nor under any other name", async () => {
    const member = await join(sandbox);
    const { task_id } = await member.json(tasks, order({ input: { prompt: "[[fail]]" } }));
    await ended(member, task_id);
    for (const name of ["nope.webm", "..%2fharbour.webm", `${task_id}.webm`])
      expect((await fetch(new URL(`/artifacts/${name}`, address))).status).toBe(404);
  });
});

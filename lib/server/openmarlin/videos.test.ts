import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { POST as postTopUp } from "#app/api/billing/top-ups/route.ts";
import { GET as getArtifact } from "#app/api/jobs/[id]/artifact/route.ts";
import { POST as postCancel } from "#app/api/jobs/[id]/cancel/route.ts";
import { POST as postResume } from "#app/api/jobs/[id]/resume/route.ts";
import { GET as getJob } from "#app/api/jobs/[id]/route.ts";
import { GET as getModels } from "#app/api/openmarlin/models/route.ts";
import { POST as postVideo } from "#app/api/openmarlin/videos/route.ts";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import { ben, idOf, join } from "#lib/server/auth/people.testing.ts";
import { codeOf, type TestBrowser } from "#lib/server/auth/testing.ts";
import { uuidv7 } from "#lib/server/store/ids.ts";
import { findJob } from "#lib/server/store/jobs.ts";
import { controlSandbox, scriptedServer, sendJson } from "#lib/server/upstream/openmarlin/testing.ts";
import type { JobView } from "#lib/shared/jobs.ts";
import { eventually, giveAccount, type MarlinHouse, marlinHouse } from "./testing.ts";

let sandbox: RunningSandbox;

beforeEach(async () => {
  const openmarlin = { creditDelayMs: 0, taskQueuedMs: 100, taskRunningMs: 100 };
  sandbox = await startSandbox({ token: "t", settings: { timeScale: 0.1, paceScale: 0, openmarlin } });
});
afterEach(() => sandbox.close());

type Submitted = { job: JobView; joined: boolean };

async function submit(browser: TestBrowser, more: object = {}): Promise<Submitted> {
  const order = { requestId: uuidv7(), prompt: "A harbour at dawn", durationMs: 2000, aspectRatio: "16:9", ...more };
  const response = await browser.send(postVideo, "/api/openmarlin/videos", order);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

async function jobOf(browser: TestBrowser, { id }: { id: string }): Promise<JobView> {
  return (await browser.get(getJob, `/api/jobs/${id}`, { id })).json();
}

const ended = ({ jobs, admin }: MarlinHouse, { job }: Submitted) =>
  eventually(jobs, async () => {
    const now = await jobOf(admin, job);
    return now.endedAt === null ? undefined : now;
  });

const artifact = (browser: TestBrowser, id: string, query = "") =>
  browser.get(getArtifact, `/api/jobs/${id}/artifact${query}`, { id });

async function tasks(): Promise<number> {
  const { entries } = await controlSandbox(sandbox, "GET", "/requests");
  return (entries as { kind: string; method: string; path: string }[]).filter(
    ({ kind, method, path }) => kind === "request" && method === "POST" && path === "/v1/tasks",
  ).length;
}

async function house(credits = 50): Promise<MarlinHouse> {
  const made = await marlinHouse(sandbox.openmarlin.url);
  await giveAccount(made.store, sandbox, await idOf(made.admin), credits);
  return made;
}

describe("a video", () => {
  it("is acknowledged with an id, followed to its end, and plays through this server", async () => {
    const made = await house();
    const { admin, store } = made;
    const submitted = await submit(admin, { metadata: { shot: 1 } });
    expect(submitted.job).toMatchObject({ state: "queued", title: "A harbour at dawn", watched: true });
    const done = await ended(made, submitted);
    expect(done).toMatchObject({
      state: "succeeded",
      result: { artifact: true, contentType: "video/webm" },
      problem: null,
    });
    const row = await findJob(store.db, await idOf(admin), done.id);
    expect(JSON.stringify(row)).not.toContain("/artifacts/");
    const whole = await artifact(admin, done.id);
    expect(whole.status).toBe(200);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      "content-type": "video/webm",
      "accept-ranges": "bytes",
      "content-disposition": expect.stringContaining("inline"),
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    });
    const bytes = Buffer.from(await whole.arrayBuffer());
    expect(bytes.length).toBe(Number(whole.headers.get("content-length")));
    admin.headers["range"] = "bytes=100-199";
    const part = await artifact(admin, done.id);
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 100-199/${bytes.length}`);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(100, 200))).toBe(true);
    admin.headers["range"] = `bytes=${bytes.length + 5}-`;
    expect((await artifact(admin, done.id)).status).toBe(416);
    admin.headers["range"] = "lines=1-2, bytes=0-1,4-5";
    expect((await artifact(admin, done.id)).status).toBe(200);
    const file = await artifact(admin, done.id, "?download=1");
    expect(file.headers.get("content-disposition")).toMatch(/^attachment; filename="video-.*\.webm"/);
    await file.body?.cancel();
  });

  it("is made once by two clicks, by the same order while it is under way, and by a lost answer", async () => {
    const made = await house();
    const { admin } = made;
    await controlSandbox(sandbox, "POST", "/faults", {
      match: { upstream: "openmarlin", path: "/v1/tasks", method: "POST" },
      faults: [{ kind: "lost_answer" }],
    });
    const requestId = uuidv7();
    const [one, two] = await Promise.all([submit(admin, { requestId }), submit(admin, { requestId })]);
    const same = await submit(admin);
    expect(new Set([one.job.id, two.job.id, same.job.id]).size).toBe(1);
    expect(await ended(made, one)).toMatchObject({ state: "succeeded" });
    expect(await tasks()).toBe(2);
    const { workspaces } = await controlSandbox(sandbox, "GET", "/openmarlin");
    expect(JSON.stringify(workspaces)).toContain("48.8");
    expect((await submit(admin, { fresh: true })).job.id).not.toBe(one.job.id);
  });

  it("without credit waits, is started by the top-up or called off, and charged once", async () => {
    const made = await house(0);
    const { admin } = made;
    const waiting = await submit(admin);
    expect(waiting.job).toMatchObject({
      state: "waiting_for_credit",
      canResume: true,
      canCancel: true,
      problem: { code: "insufficient_balance", facts: { current: "0", required: "1.2", shortfall: "1.2" } },
    });
    const other = await submit(admin, { prompt: "Another" });
    const id = other.job.id;
    expect(await (await admin.send(postCancel, `/api/jobs/${id}/cancel`, undefined, { id })).json()).toMatchObject({
      state: "cancelled",
    });
    const bought = await admin.send(postTopUp, "/api/billing/top-ups", { requestId: uuidv7(), amount: "1.2" });
    const { job } = (await bought.json()) as Submitted;
    const checkoutId = String(job.result?.["checkoutUrl"]).split("/").at(-1);
    await controlSandbox(sandbox, "POST", `/openmarlin/checkouts/${checkoutId}/pay`);
    expect(await ended(made, waiting)).toMatchObject({ state: "succeeded" });
    expect(await jobOf(admin, other.job)).toMatchObject({ state: "cancelled" });
    const late = await admin.send(postResume, `/api/jobs/${id}/resume`, undefined, { id });
    expect(await codeOf(late)).toBe("conflict");
  });

  it("that fails says so with the upstream's code, and has nothing to play", async () => {
    const made = await house();
    const submitted = await submit(made.admin, { prompt: "A storm [[fail]]" });
    const failed = await ended(made, submitted);
    expect(failed).toMatchObject({
      state: "failed",
      problem: { code: "openmarlin_task_failed", facts: { reason: "video_generation_failed" } },
    });
    expect(await codeOf(await artifact(made.admin, failed.id))).toBe("openmarlin_no_artifact");
  });

  it("is its owner's alone", async () => {
    const made = await house();
    const { admin } = made;
    const done = await ended(made, await submit(admin));
    const member = await join(admin, ben);
    for (const response of [
      await artifact(member, done.id),
      await member.send(postCancel, "/api/x", undefined, { id: done.id }),
      await member.send(postResume, "/api/x", undefined, { id: done.id }),
    ]) {
      expect(await codeOf(response)).toBe("not_found");
    }
    expect(await codeOf(await member.get(getModels, "/api/openmarlin/models"))).toBe("openmarlin_not_connected");
    expect((await (await admin.get(getModels, "/api/openmarlin/models")).json()).models).toContainEqual(
      expect.objectContaining({ ref: "harbour/beacon" }),
    );
  });

  it.each([
    [{ prompt: " " }],
    [{ prompt: "x", mediaUrls: ["http://example.org/a.png"] }],
    [{ prompt: "x", mediaUrls: ["javascript:alert(1)"] }],
    [{ prompt: "x", durationMs: -1 }],
    [{ prompt: "x", aspectRatio: "wide" }],
    [{ prompt: "x", model: "a/b" }],
    [{ prompt: "x", metadata: [] }],
  ])("of %o is refused before anything is sent", async (order) => {
    const { admin } = await house();
    const response = await admin.send(postVideo, "/api/openmarlin/videos", { requestId: uuidv7(), ...order });
    expect(response.status).toBe(422);
    expect(await tasks()).toBe(0);
  });
});

describe("an artifact of an upstream that misbehaves", () => {
  async function finished(
    artifactUrl: unknown,
    serve: (response: import("node:http").ServerResponse) => unknown = () => {},
  ) {
    const server = await scriptedServer(({ path, method }, response) => {
      if (path === "/video") return serve(response);
      const task = { task_id: "task_1", status: method === "POST" ? "queued" : "succeeded" };
      const output = artifactUrl === "own" ? { artifact_url: `${server.origin}/video` } : { artifact_url: artifactUrl };
      return sendJson(response, 200, { ...task, output });
    });
    const environment = { OPENMARLIN_PLATFORM_API_KEY: "claw_wsk_platform_1" };
    const made = await marlinHouse(server.origin, { environment });
    const done = await ended(made, await submit(made.admin));
    return { ...made, done, server };
  }

  it.each(["https://evil.example/v.mp4", "file:///etc/passwd", "http://169.254.169.254/latest"])(
    "at %s is never fetched",
    async (url) => {
      const { admin, done } = await finished(url);
      expect(done).toMatchObject({
        state: "succeeded",
        problem: { code: "openmarlin_artifact_refused" },
        result: { artifact: false },
      });
      expect(await codeOf(await artifact(admin, done.id))).toBe("openmarlin_artifact_refused");
    },
  );

  it.each([
    ["a redirect", 302, { location: "http://127.0.0.1:1/x" }, "openmarlin_artifact_refused"],
    ["nothing", 404, {}, "openmarlin_no_artifact"],
    ["a failure", 500, {}, "openmarlin_failed"],
    ["an encoding", 200, { "content-encoding": "gzip" }, "openmarlin_malformed"],
  ])("that is %s is told, not passed on", async (_what, status, headers, code) => {
    const { admin, done } = await finished("own", (response) => response.writeHead(status, headers).end("x"));
    expect(await codeOf(await artifact(admin, done.id))).toBe(code);
  });

  it("that is a page is a file without a type, and carries no header of the upstream's", async () => {
    const { admin, done, server } = await finished("own", (response) =>
      response
        .writeHead(200, { "content-type": "text/html", "set-cookie": "a=b", "x-evil": "1" })
        .end("<script>1</script>"),
    );
    const response = await artifact(admin, done.id);
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect(response.headers.get("x-evil")).toBeNull();
    expect(response.headers.get("set-cookie")).toBeNull();
    await response.text();
    const asked = server.requests.find(({ path }) => path === "/video");
    expect(asked?.headers).not.toHaveProperty("authorization");
  });

  it("is read at the reader's pace, and left when the reader leaves", async () => {
    let sent = 0;
    let closed = false;
    const { admin, done } = await finished("own", (response) => {
      response.writeHead(200, { "content-type": "video/mp4" });
      response.once("close", () => {
        closed = true;
      });
      const piece = Buffer.alloc(64 * 1024);
      const more = () => {
        while (!closed && sent < 512 * 1024 * 1024) {
          sent += piece.length;
          if (!response.write(piece)) return void response.once("drain", more);
        }
      };
      more();
    });
    const response = await artifact(admin, done.id);
    const reader = response.body?.getReader();
    await reader?.read();
    await new Promise((wake) => setTimeout(wake, 200));
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    await reader?.cancel();
    for (let turn = 0; turn < 200 && !closed; turn += 1) await new Promise((wake) => setTimeout(wake, 10));
    expect(closed).toBe(true);
  });
});

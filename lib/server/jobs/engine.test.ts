import { describe, expect, it } from "vitest";
import { addPerson, refusal } from "#lib/server/chat/turns.testing.ts";
import { cancelJob, changeJob, pageOfJobs, resumeJob, viewJob } from "#lib/server/jobs/jobs.ts";
import type { JobStep } from "#lib/server/jobs/kind.ts";
import { removeInstance } from "#lib/server/store/instances.ts";
import { findJob, type JobRow } from "#lib/server/store/jobs.ts";
import type { Store } from "#lib/server/store/store.ts";
import { eachDialect } from "#lib/server/store/testing.ts";
import { AppError } from "#lib/shared/errors.ts";
import { scriptedKind, testEngine, until, wish } from "./testing.ts";

eachDialect((_dialect, make) => {
  async function house() {
    const store = await make();
    const ann = { id: await addPerson(store), name: "Ann" };
    return { store, ann };
  }

  describe("a job", () => {
    it("is stored before the upstream is asked, acknowledged with its id, and asked about to its end", async () => {
      const { store, ann } = await house();
      const states: JobStep[] = [
        { state: "queued", upstreamState: "queued" },
        { state: "running", upstreamState: "running" },
        { state: "unknown", upstreamState: "polishing" },
        { state: "succeeded", upstreamState: "succeeded", result: { artifact: true } },
      ];
      const kind = scriptedKind({
        submit: async ({ row, input }) => {
          expect(await findJob(store.db, ann.id, row.id)).toMatchObject({ state: "submitting", active: 1 });
          expect(input).toEqual({ wish: "a wish" });
          return { state: "queued", upstreamId: "task_9" };
        },
        poll: async () => states.shift() ?? { state: "failed" },
      });
      const engine = await testEngine(store, [kind]);
      const { job, joined } = await engine.submit(wish(ann));
      expect(joined).toBe(false);
      expect(job).toMatchObject({ state: "queued", upstream_id: "task_9", active: 1, watched: 1 });
      await until(engine, job, ({ state }) => state === "unknown");
      expect(await viewJob(engine, ann.id, job.id)).toMatchObject({ state: "unknown", upstreamState: "polishing" });
      await until(engine, job, ({ active }) => active === 0);
      const view = await viewJob(engine, ann.id, job.id);
      expect(view).toMatchObject({ state: "succeeded", result: { artifact: true }, nextCheckAt: null, problem: null });
      expect(view.endedAt).not.toBeNull();
      expect(states).toHaveLength(0);
    });

    it("with the same request id is made once, however often it is asked for, and with another wish refused", async () => {
      const { store, ann } = await house();
      let submits = 0;
      const kind = scriptedKind({
        submit: async () => {
          submits += 1;
          return { state: "running" };
        },
      });
      const engine = await testEngine(store, [kind]);
      const request = wish(ann);
      const made = await Promise.all([1, 2, 3].map(() => engine.submit(request)));
      expect(new Set(made.map(({ job }) => job.id)).size).toBe(1);
      expect(submits).toBe(1);
      expect(await refusal(engine.submit({ ...request, input: { wish: "another" } }))).toBe("request_id_reused");
    });

    it("is joined by whoever wants the same while it is under way, unless a second one is asked for", async () => {
      const { store, ann } = await house();
      const engine = await testEngine(store, [scriptedKind({ submit: async () => ({ state: "running" }) })]);
      const joinKey = `wish:${ann.id}`;
      const first = await engine.submit({ ...wish(ann), joinKey });
      const second = await engine.submit({ ...wish(ann), joinKey });
      expect(second).toMatchObject({ joined: true, job: { id: first.job.id } });
      const third = await engine.submit({ ...wish(ann), joinKey, fresh: true });
      expect(third.joined).toBe(false);
      await until(engine, first.job, ({ active }) => active === 0);
      await until(engine, third.job, ({ active }) => active === 0);
      expect((await engine.submit({ ...wish(ann), joinKey })).joined).toBe(false);
    });

    it("is asked about by one process at a time, and never again once it has ended", async () => {
      const { store, ann } = await house();
      let asking = 0;
      let most = 0;
      let polls = 0;
      const kind = scriptedKind({
        poll: async () => {
          asking += 1;
          most = Math.max(most, asking);
          await new Promise((wake) => setTimeout(wake, 10));
          asking -= 1;
          polls += 1;
          return { state: polls < 5 ? "running" : "succeeded" };
        },
      });
      const engines = await Promise.all([1, 2, 3].map(() => testEngine(store, [kind])));
      const [first] = engines;
      if (first === undefined) throw new Error("There are three.");
      const { job } = await first.submit(wish(ann));
      for (let turn = 0; turn < 200 && polls < 5; turn += 1) {
        await Promise.all(engines.map((engine) => engine.look()));
        await new Promise((wake) => setTimeout(wake, 5));
      }
      await Promise.all(engines.map((engine) => engine.idle()));
      for (const engine of engines) await engine.look();
      expect(most).toBe(1);
      expect(polls).toBe(5);
      expect(await findJob(store.db, ann.id, job.id)).toMatchObject({ state: "succeeded", active: 0 });
    });

    it("is taken over from a process that is gone, whose late word then counts nothing", async () => {
      const { store, ann } = await house();
      let answerLate = (_step: JobStep) => {};
      const gone = await testEngine(store, [
        scriptedKind({ poll: () => new Promise<JobStep>((resolve) => (answerLate = resolve)) }),
      ]);
      const { job } = await gone.submit(wish(ann));
      await new Promise((wake) => setTimeout(wake, 20));
      await gone.look();
      const { epoch } = (await findJob(store.db, ann.id, job.id)) ?? { epoch: 0 };
      await removeInstance(store, epoch);
      const other = await testEngine(store, [scriptedKind({ poll: async () => ({ state: "succeeded" }) })]);
      await until(other, job, ({ active }) => active === 0);
      answerLate({ state: "failed" });
      await gone.idle();
      expect(await findJob(store.db, ann.id, job.id)).toMatchObject({ state: "succeeded" });
    });

    it.each([
      [false, "create_unknown", 0],
      [true, "running", 1],
    ] as const)(
      "whose process went during a submit that may be repeated (%s) is %s",
      async (repeatable, state, again) => {
        const { store, ann } = await house();
        const gone = await testEngine(store, [scriptedKind({ submit: () => new Promise<JobStep>(() => {}) })]);
        void gone.submit(wish(ann));
        const row = await firstJob(store);
        await removeInstance(store, row.epoch);
        let submits = 0;
        const submit = async (): Promise<JobStep> => {
          submits += 1;
          return { state: "running" };
        };
        const later = await testEngine(store, [scriptedKind({ submit }, { repeatable })]);
        await until(later, row, (now) => now.state === state);
        expect(submits).toBe(again);
      },
    );
  });

  describe("a submit", () => {
    it.each([
      ["openmarlin_cut", false, "create_unknown"],
      ["openmarlin_timeout", false, "create_unknown"],
      ["openmarlin_request_invalid", false, "failed"],
      ["openmarlin_unreachable", false, "failed"],
    ] as const)("that ends with %s makes the job %s: %s", async (code, repeatable, state) => {
      const { store, ann } = await house();
      const kind = scriptedKind({ submit: () => Promise.reject(new AppError(code)) }, { repeatable });
      const engine = await testEngine(store, [kind]);
      const { job } = await engine.submit(wish(ann));
      expect(job).toMatchObject({ state, active: 0, problem: JSON.stringify({ code }) });
    });

    it("whose answer was lost is made again with the same job where the upstream knows a repetition", async () => {
      const { store, ann } = await house();
      let submits = 0;
      const kind = scriptedKind(
        {
          submit: async () => {
            submits += 1;
            if (submits < 3) throw new AppError("openmarlin_cut");
            return { state: "running", upstreamId: "task_1" };
          },
        },
        { repeatable: true },
      );
      const engine = await testEngine(store, [kind]);
      const { job } = await engine.submit(wish(ann));
      expect(job).toMatchObject({ state: "submitting", active: 1 });
      await until(engine, job, ({ active }) => active === 0);
      expect(submits).toBe(3);
    });

    it("without credit waits with the amount, is not asked about, and starts once when it is told to", async () => {
      const { store, ann } = await house();
      let submits = 0;
      const facts = { current: "1", required: "2.5", shortfall: "1.5" };
      const kind = scriptedKind(
        {
          submit: async () => {
            submits += 1;
            if (submits === 1) throw new AppError("insufficient_balance", "", { facts });
            await new Promise((wake) => setTimeout(wake, 20));
            return { state: "running" };
          },
        },
        { repeatable: true, cancellable: ["waiting_for_credit"] },
      );
      const engine = await testEngine(store, [kind]);
      const { job } = await engine.submit(wish(ann));
      expect(job).toMatchObject({ state: "waiting_for_credit", required: "2.5", next_poll_at: null, active: 1 });
      expect(await viewJob(engine, ann.id, job.id)).toMatchObject({
        canResume: true,
        canCancel: true,
        problem: { facts },
      });
      await engine.look();
      await engine.idle();
      expect(submits).toBe(1);
      const resumed = await Promise.all([1, 2, 3].map(() => engine.resume(ann.id, job.id)));
      expect(resumed.filter((row) => row !== null)).toHaveLength(1);
      expect(submits).toBe(2);
      expect(await refusal(resumeJob(engine, ann.id, job.id))).toBe("conflict");
    });
  });

  describe("a check", () => {
    it("that fails leaves the state as it was, says why, and comes later", async () => {
      const { store, ann } = await house();
      let fails = true;
      const kind = scriptedKind({
        submit: async () => ({ state: "running", upstreamState: "running" }),
        poll: async () => {
          if (fails) throw new AppError("openmarlin_rate_limited", "", { retryAfterSeconds: 1 });
          return { state: "succeeded" };
        },
      });
      const engine = await testEngine(store, [kind]);
      const { job } = await engine.submit(wish(ann));
      const after = await until(engine, job, ({ failures }) => failures > 0);
      expect(after).toMatchObject({ state: "running", upstream_state: "running", checked_at: job.checked_at });
      expect((after.next_poll_at ?? 0) - (await store.now())).toBeGreaterThan(500);
      expect(await viewJob(engine, ann.id, job.id)).toMatchObject({
        problem: { code: "openmarlin_rate_limited", facts: { retryAfterSeconds: 1 } },
      });
      fails = false;
      await until(engine, job, ({ active, problem }) => active === 0 && problem === null);
    });

    it("that finds nothing three times in a row ends the job with its last state kept", async () => {
      const { store, ann } = await house();
      const kind = scriptedKind({
        submit: async () => ({ state: "running", upstreamState: "running" }),
        poll: () => Promise.reject(new AppError("openmarlin_not_found")),
      });
      const engine = await testEngine(store, [kind]);
      const { job } = await engine.submit(wish(ann));
      const ended = await until(engine, job, ({ active }) => active === 0);
      expect(ended).toMatchObject({ state: "not_found_upstream", upstream_state: "running" });
    });

    it("after the deadline is the last", async () => {
      const { store, ann } = await house();
      const kind = scriptedKind({ poll: async () => ({ state: "running" }) }, { deadlineMs: 60 });
      const engine = await testEngine(store, [kind]);
      const { job } = await engine.submit(wish(ann));
      expect(await until(engine, job, ({ active }) => active === 0)).toMatchObject({
        state: "expired",
        problem: JSON.stringify({ code: "job_deadline" }),
      });
    });

    it("is never made for a job of an upstream that is not connected", async () => {
      const { store, ann } = await house();
      const engine = await testEngine(store, [scriptedKind({})], ["sandbox:1"]);
      const { job } = await engine.submit(wish(ann));
      await new Promise((wake) => setTimeout(wake, 30));
      await engine.look();
      await engine.idle();
      expect(await viewJob(engine, ann.id, job.id)).toMatchObject({
        state: "queued",
        readOnly: true,
        nextCheckAt: null,
      });
    });

    it("gives each owner a turn before anybody has two", async () => {
      const { store, ann } = await house();
      const ben = { id: await addPerson(store), name: "Ben" };
      const order: string[] = [];
      const kind = scriptedKind({
        submit: async () => ({ state: "running" }),
        poll: async ({ row }) => {
          order.push(row.owner_id);
          return { state: "succeeded" };
        },
      });
      const engine = await testEngine(store, [kind]);
      for (let many = 0; many < 30; many += 1) await engine.submit(wish(ann));
      await engine.submit(wish(ben));
      await new Promise((wake) => setTimeout(wake, 60));
      await engine.look();
      await engine.idle();
      expect(order).toContain(ben.id);
      expect(order.length).toBe(16);
    });
  });

  describe("people", () => {
    it("see, watch and cancel their own jobs only", async () => {
      const { store, ann } = await house();
      const ben = { id: await addPerson(store), name: "Ben" };
      const kind = scriptedKind({ submit: async () => ({ state: "running" }) }, { cancellable: ["running"] });
      const engine = await testEngine(store, [kind]);
      const { job } = await engine.submit(wish(ann));
      for (const act of [
        () => viewJob(engine, ben.id, job.id),
        () => changeJob(engine, ben.id, job.id, { watched: false }),
        () => cancelJob(engine, ben.id, job.id),
        () => resumeJob(engine, ben.id, job.id),
      ]) {
        expect(await refusal(act())).toBe("not_found");
      }
      expect((await pageOfJobs(engine, ben.id, {})).items).toEqual([]);
      expect(await changeJob(engine, ann.id, job.id, { watched: false })).toMatchObject({ watched: false });
      expect(await cancelJob(engine, ann.id, job.id)).toMatchObject({ state: "cancelled", canCancel: false });
      expect(await cancelJob(engine, ann.id, job.id)).toMatchObject({ state: "cancelled" });
      await engine.look();
      expect(await viewJob(engine, ann.id, job.id)).toMatchObject({ state: "cancelled" });
    });

    it("page through them, newest first, by kind and state", async () => {
      const { store, ann } = await house();
      const engine = await testEngine(store, [
        scriptedKind({ submit: async ({ input }) => ({ state: input.wish === "bad" ? "failed" : "running" }) }),
      ]);
      for (let many = 0; many < 49; many += 1) await engine.submit(wish(ann, "good"));
      for (let many = 0; many < 4; many += 1) await engine.submit(wish(ann, "bad"));
      const first = await pageOfJobs(engine, ann.id, {});
      expect(first.items).toHaveLength(50);
      const rest = await pageOfJobs(engine, ann.id, { cursor: first.nextCursor ?? "" });
      expect(rest).toMatchObject({ nextCursor: null });
      expect(new Set([...first.items, ...rest.items].map(({ id }) => id)).size).toBe(53);
      expect((await pageOfJobs(engine, ann.id, { state: "ended" })).items).toHaveLength(4);
      expect((await pageOfJobs(engine, ann.id, { state: "active", kind: "openmarlin_top_up" })).items).toEqual([]);
      expect(await refusal(pageOfJobs(engine, ann.id, { cursor: "nonsense" }))).toBe("invalid_input");
    });

    it("may not have more than fifty under way", async () => {
      const { store, ann } = await house();
      const engine = await testEngine(store, [scriptedKind({ submit: async () => ({ state: "running" }) })]);
      for (let many = 0; many < 50; many += 1) await engine.submit(wish(ann));
      expect(await refusal(engine.submit(wish(ann)))).toBe("too_many_jobs");
    });
  });
});

async function firstJob(store: Store): Promise<JobRow> {
  for (;;) {
    const row = await store.db.selectFrom("jobs").selectAll().executeTakeFirst();
    if (row !== undefined) return row;
    await new Promise((wake) => setTimeout(wake, 10));
  }
}

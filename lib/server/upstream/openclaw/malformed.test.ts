import { createServer as createTcpServer } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  type Answer,
  chatWith as chat,
  connectTo,
  done,
  eventStream,
  finish,
  gateway,
  listen,
  piece,
  role,
  writes,
} from "#lib/server/upstream/openclaw/testing.ts";

describe("an answer in order", () => {
  test("is reported chunk by chunk, with its finish and its usage", async () => {
    const usage = `data: {"choices":[],"usage":{"prompt_tokens":30,"completion_tokens":7,"total_tokens":37}}\n\n`;
    const got = await chat(await gateway(writes([role, piece("Hel"), piece("lo"), finish("stop"), usage, done])));
    expect(got).toMatchObject({ text: "Hello", code: null });
    expect(got.result).toEqual({ finishReason: "stop", usage: { inputTokens: 30, outputTokens: 7 }, sawDone: true });
    expect(got.events.slice(-2)).toEqual([
      { type: "finish", reason: "stop" },
      { type: "usage", inputTokens: 30, outputTokens: 7 },
    ]);
  });

  test("gives all deltas of one chunk in one call and one event", async () => {
    const body = role + piece("a") + piece("b") + piece("c") + finish("length") + done;
    const got = await chat(await gateway(writes([body])));
    expect(got).toMatchObject({ text: "abc", calls: 1, events: [{ type: "delta", text: "abc" }, { type: "finish" }] });
    expect(got.result?.finishReason).toBe("length");
  });

  test("of an older gateway ends well without a finish reason", async () => {
    const got = await chat(await gateway(writes([piece("old "), piece("times"), done])));
    expect(got).toMatchObject({ text: "old times", result: { finishReason: null, usage: null, sawDone: true } });
  });

  test("sent as one JSON object counts as a whole answer", async () => {
    const body = JSON.stringify({
      choices: [{ index: 0, message: { role: "assistant", content: "whole" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    });
    const got = await chat(await gateway(writes([body], { "content-type": "application/json; charset=utf-8" })));
    expect(got).toMatchObject({ text: "whole", result: { finishReason: "stop", usage: null, sawDone: false } });
  });

  test("leaves the connection usable for the next one", async () => {
    const sockets = new Set<unknown>();
    const connection = await gateway((response, request) => {
      sockets.add(request.socket);
      return writes([piece("x"), done])(response, request, "");
    });
    await chat(connection);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await chat(connection);
    expect(sockets.size).toBe(1);
  });
});

describe("a stream cut in odd places", () => {
  const text = "Grüße 👩🏽‍💻 — 日本語, العربية, 𝒳";
  const whole = Buffer.from(role + piece(text) + finish("stop") + done);

  test("loses nothing when every byte comes alone", async () => {
    const connection = await gateway(async (response) => {
      response.writeHead(200, eventStream);
      response.socket?.setNoDelay(true);
      for (let i = 0; i < whole.length; i += 1) {
        response.write(whole.subarray(i, i + 1));
        if (i % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    expect(await chat(connection)).toMatchObject({ text, code: null });
  });

  test.each([1, 2, 3, 5, 7, 64])("loses nothing in pieces of %i bytes", async (size) => {
    const parts: Buffer[] = [];
    for (let i = 0; i < whole.length; i += size) parts.push(whole.subarray(i, i + size));
    const connection = await gateway(async (response) => {
      response.writeHead(200, eventStream);
      for (const part of parts) response.write(part);
      response.end();
    });
    expect(await chat(connection)).toMatchObject({ text, code: null });
  });
});

describe("a stream written another way", () => {
  const json = (content: string) => JSON.stringify({ choices: [{ delta: { content }, finish_reason: null }] });
  const ways: [string, (string | Buffer)[], string][] = [
    ["CR LF line endings", [`data: ${json("a")}\r\n\r\ndata: ${json("b")}\r\n\r\ndata: [DONE]\r\n\r\n`], "ab"],
    ["CR line endings", [`data: ${json("a")}\r\rdata: ${json("b")}\r\rdata: [DONE]\r\r`], "ab"],
    ["mixed line endings", [`data: ${json("a")}\n\r\ndata: ${json("b")}\r\n\ndata: [DONE]\r\r\n`], "ab"],
    [
      "CR LF split between chunks",
      [`data: ${json("a")}\r`, "\n\r", `\ndata: ${json("b")}\r\n\r`, "\ndata: [DONE]\n\n"],
      "ab",
    ],
    ["comments and other fields", [`: hi\nretry: 10\nid: 7\nevent: x\ndata: ${json("a")}\n: more\n\n:\n\n`, done], "a"],
    ["no space after the colon", [`data:${json("a")}\n\ndata:[DONE]\n\n`], "a"],
    ["data on several lines", ['data: {"choices":[{"delta":\n', 'data: {"content":"a"}}]}\n\n', done], "a"],
    ["a byte order mark", [`\uFEFFdata: ${json("a")}\n\n`, done], "a"],
    ["no blank line after the last event", [piece("a"), "data: [DONE]\n"], "a"],
    ["no line ending after the last event", [piece("a"), "data: [DONE]"], "a"],
    ["events of unknown shape", ['data: {"type":"ping"}\n\n', piece("a"), 'data: {"choices":[]}\n\n', done], "a"],
    ["content in parts", ['data: {"choices":[{"delta":{"content":[{"type":"text","text":"a"}]}}]}\n\n', done], "a"],
    ["an empty event", ["data:\n\n", piece("a"), done], "a"],
    ["text after the end", [piece("a"), done + piece("never")], "a"],
  ];
  test.each(ways)("is understood: %s", async (_name, parts, text) => {
    expect(await chat(await gateway(writes(parts)))).toMatchObject({ text, code: null, result: { sawDone: true } });
  });
});

describe("a broken stream has one precise outcome and keeps the text so far", () => {
  const cases: [string, Answer, string, string][] = [
    ["ends without [DONE]", writes([role, piece("part")]), "gateway_cut", "part"],
    ["ends after the finish without [DONE]", writes([piece("part"), finish("stop")]), "gateway_cut", "part"],
    ["ends in the middle of a line", writes([piece("part"), 'data: {"choices":[{"del']), "gateway_cut", "part"],
    ["ends at once", writes([]), "gateway_cut", ""],
    ["is not JSON", writes([piece("part"), "data: {oops}\n\n"]), "gateway_malformed", "part"],
    ["is JSON but no object", writes([piece("part"), "data: [1]\n\n"]), "gateway_malformed", "part"],
    ["is a page under the right type", writes(["<!doctype html>\n<p>Sign in</p>\n"]), "gateway_malformed", ""],
    ["is noise", writes([Buffer.from([0, 1, 2, 10, 3, 4, 10, 10])]), "gateway_malformed", ""],
    ["is a web page", writes(["<html>"], { "content-type": "text/html" }), "gateway_malformed", ""],
    ["is plain text", writes(["hello"], { "content-type": "text/plain" }), "gateway_malformed", ""],
    [
      "is not UTF-8",
      writes([piece("part"), Buffer.from("data: Gr\xfc\xdfe\n\n", "latin1")]),
      "gateway_malformed",
      "part",
    ],
    ["is UTF-16", writes([Buffer.from(piece("part") + done, "utf16le")]), "gateway_malformed", ""],
    ["has a line without end", writes([piece("part"), `data: ${"x".repeat(1_100_000)}`]), "gateway_too_large", "part"],
    ["has a huge line", writes([piece("part"), `data: ${"x".repeat(1_100_000)}\n\n`]), "gateway_too_large", "part"],
    [
      "has a huge event",
      writes([`data: ${"x".repeat(600_000)}\n`, `data: ${"x".repeat(600_000)}\n\n`]),
      "gateway_too_large",
      "",
    ],
    ["is empty", writes([role, finish("stop"), done]), "gateway_empty", ""],
    ["is blank", writes([role, piece("  \n"), finish("stop"), done]), "gateway_empty", "  \n"],
    [
      "says that there was no answer",
      writes([role, piece("No response from OpenClaw."), finish("stop"), done]),
      "gateway_empty",
      "",
    ],
    [
      "ends in the failure text of older gateways",
      writes([piece("part"), piece("Error: internal error", "stop"), done]),
      "gateway_failed",
      "part",
    ],
    [
      "is only the failure text of older gateways",
      writes([piece("Error: internal error", "stop"), done]),
      "gateway_failed",
      "",
    ],
    [
      "is a JSON answer cut short",
      writes(['{"choices":['], { "content-type": "application/json" }),
      "gateway_malformed",
      "",
    ],
    [
      "is an error as JSON with 200",
      writes(['{"error":{"message":"internal error","type":"api_error"}}'], { "content-type": "application/json" }),
      "gateway_failed",
      "",
    ],
    [
      "is compressed though nobody asked",
      (response) => {
        response.writeHead(200, { ...eventStream, "content-encoding": "gzip" });
        response.end(gzipSync(piece("part") + done));
      },
      "gateway_malformed",
      "",
    ],
    [
      "is reset in the middle",
      async (response) => {
        response.writeHead(200, eventStream);
        response.write(piece("part"));
        await new Promise((resolve) => setTimeout(resolve, 30));
        response.socket?.resetAndDestroy();
      },
      "gateway_cut",
      "part",
    ],
    [
      "is shorter than declared",
      async (response) => {
        response.writeHead(200, { ...eventStream, "content-length": "5000" });
        response.write(piece("part"));
        await new Promise((resolve) => setTimeout(resolve, 30));
        response.socket?.destroy();
      },
      "gateway_cut",
      "part",
    ],
    ["never answers: closes", (response) => void response.socket?.destroy(), "gateway_cut", ""],
  ];
  test.each(cases)("%s", async (_name, answer, code, text) => {
    const got = await chat(await gateway(answer));
    expect(got).toMatchObject({ code, text, result: null });
  });

  test("speaks another protocol", async () => {
    const port = await listen(
      createTcpServer((socket) => {
        socket.on("error", () => {}).once("data", () => socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
      }),
    );
    expect((await chat(connectTo(port))).code).toBe("gateway_malformed");
  });

  test("ordinary words that look like the gateway's own sentences stay text", async () => {
    const got = await chat(
      await gateway(
        writes([piece("No response from OpenClaw."), piece(" Or so they say."), piece("Error: internal error"), done]),
      ),
    );
    expect(got).toMatchObject({ text: "No response from OpenClaw. Or so they say.Error: internal error", code: null });
  });
});

describe("silence", () => {
  test("before the first byte ends at its own limit", async () => {
    const got = await chat(await gateway(() => {}), { firstByteMs: 120 });
    expect(got).toMatchObject({ code: "gateway_first_byte_timeout", text: "" });
  });

  test("after the headers counts as silence before the first byte", async () => {
    const got = await chat(await gateway((response) => void response.writeHead(200, eventStream).flushHeaders()), {
      firstByteMs: 120,
    });
    expect(got.code).toBe("gateway_first_byte_timeout");
  });

  test("in the middle ends at the idle limit and keeps the text", async () => {
    const connection = await gateway((response) => {
      response.writeHead(200, eventStream);
      response.write(piece("part"));
    });
    expect(await chat(connection, { idleMs: 150 })).toMatchObject({ code: "gateway_idle_timeout", text: "part" });
  });

  test("with comments only is silence too", async () => {
    const connection = await gateway((response) => {
      response.writeHead(200, eventStream);
      response.write(piece("part"));
      const beat = setInterval(() => response.write(": ping\n\n"), 20);
      response.on("close", () => clearInterval(beat));
    });
    expect(await chat(connection, { idleMs: 150 })).toMatchObject({ code: "gateway_idle_timeout", text: "part" });
  });

  test("never comes, but the whole takes too long", async () => {
    const connection = await gateway((response) => {
      response.writeHead(200, eventStream);
      const beat = setInterval(() => response.write(piece("x")), 20);
      response.on("close", () => clearInterval(beat));
    });
    const got = await chat(connection, { totalMs: 200 });
    expect(got.code).toBe("gateway_total_timeout");
    expect(got.text).toMatch(/^x+$/);
  });

  test("of a refusal's body does not hide the refusal", async () => {
    const connection = await gateway(
      (response) => void response.writeHead(402, { "content-type": "application/json" }).flushHeaders(),
    );
    expect((await chat(connection, { firstByteMs: 120 })).code).toBe("provider_out_of_credit");
  });
});

import { describe, expect, test } from "vitest";
import { isPrivateAddress, lookupPrivate, parseBase, publicAddressCode } from "#lib/server/upstream/origin.ts";

describe("an address of a gateway", () => {
  test.each([
    ["https://gw.example", "https://gw.example", ""],
    ["https://gw.example/v1", "https://gw.example", ""],
    ["https://gw.example/v1/", "https://gw.example", ""],
    ["https://gw.example:8443/openclaw/v1", "https://gw.example:8443", "/openclaw"],
    ["HTTP://127.0.0.1:18789/", "http://127.0.0.1:18789", ""],
    ["http://[::1]:18789", "http://[::1]:18789", ""],
    ["http://[::ffff:10.0.0.1]", "http://[::ffff:a00:1]", ""],
    ["http://192.168.1.5", "http://192.168.1.5", ""],
    ["http://gateway:18789", "http://gateway:18789", ""],
  ])("%s is taken", (text, origin, prefix) => {
    expect(parseBase(text)).toEqual({ url: origin + prefix, origin, prefix });
  });

  test.each([
    ["", "not_a_url"],
    ["gw.example", "not_a_url"],
    ["ftp://gw.example", "scheme"],
    ["file:///etc/passwd", "scheme"],
    ["https://user:pass@gw.example", "credentials"],
    ["https://gw.example/?a=1", "query"],
    ["https://gw.example/#x", "query"],
    ["https://gw.example/?", "query"],
    ["http://8.8.8.8", "plain_http_public"],
    ["http://134744072", "plain_http_public"],
    ["http://0x08080808/", "plain_http_public"],
    ["http://[2001:4860:4860::8888]", "plain_http_public"],
    ["http://[::ffff:8.8.8.8]", "plain_http_public"],
    ["http://169.254.169.254", "plain_http_public"],
    ["http://0.0.0.0", "plain_http_public"],
  ])("%s is refused", (text, problem) => {
    expect(parseBase(text)).toEqual({ problem });
  });
});

test("private networks are known in every spelling", () => {
  for (const address of [
    "127.0.0.1",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "::1",
    "fd00::1",
    "::ffff:10.0.0.1",
  ]) {
    expect(isPrivateAddress(address), address).toBe(true);
  }
  for (const address of [
    "8.8.8.8",
    "172.32.0.1",
    "169.254.169.254",
    "0.0.0.0",
    "::",
    "fe80::1",
    "2001:db8::1",
    "::ffff:8.8.8.8",
    "name",
  ]) {
    expect(isPrivateAddress(address), address).toBe(false);
  }
});

test("a name is looked up, and only private addresses of it are used", async () => {
  const found = await new Promise((resolve, reject) =>
    lookupPrivate("localhost", { all: true }, (error, addresses) =>
      error === null ? resolve(addresses) : reject(error),
    ),
  );
  expect(found).toContainEqual(expect.objectContaining({ address: expect.stringMatching(/^(127\.0\.0\.1|::1)$/) }));
  // Numbers are resolved without a network.
  const refused = new Promise((resolve) => lookupPrivate("8.8.8.8", {}, (error) => resolve(error)));
  expect(await refused).toMatchObject({ code: publicAddressCode });
});

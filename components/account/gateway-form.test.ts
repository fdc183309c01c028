import { expect, test } from "vitest";
import { changeOf, type GatewayForm, problemOf } from "./gateway-form.ts";

const before: GatewayForm = {
  url: "https://gateway.example",
  auth: "token",
  credential: "",
  userHeader: "x-forwarded-user",
  agents: "main, rota",
};

test("nothing changed sends nothing", () => {
  expect(changeOf(before, before)).toEqual({});
});

test("a new address goes with the way to prove oneself, and an empty one forgets what is stored", () => {
  expect(changeOf({ ...before, url: " https://other.example ", credential: "secret" }, before)).toEqual({
    url: "https://other.example",
    auth: "token",
    credential: "secret",
  });
  expect(changeOf({ ...before, url: "" }, before)).toEqual({ url: null, auth: "token" });
});

test("a credential goes only where one is asked for", () => {
  expect(changeOf({ ...before, auth: "none", credential: "left over" }, before)).toEqual({ auth: "none" });
});

test("agent ids may be separated by commas, spaces or lines", () => {
  expect(changeOf({ ...before, agents: "main,\n rota  extra" }, before)).toEqual({ agents: ["main", "rota", "extra"] });
  expect(changeOf({ ...before, agents: " " }, before)).toEqual({ agents: null });
});

test("a problem that this page does not know still has words", () => {
  expect([problemOf("scheme"), problemOf("Too long")]).toEqual(["scheme", "other"]);
});

import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { TextProvider } from "#lib/client/text.tsx";
import { pickSections } from "#lib/shared/messages/messages.ts";
import { NewPassword } from "./new-password.tsx";

afterEach(cleanup);

test.each([
  ["", "A sentence that only you would say is good."],
  ["short", "5 of at least 10 characters"],
  ["潮汐表", "3 of at least 10 characters"],
  ["harbour lights at dawn", "Long enough. Longer is better."],
  ["mira.kovac12", "Leave your name and email out of it."],
])("while %j is typed the field says: %s", (password, hint) => {
  render(
    <TextProvider locale="en" sections={pickSections("en", ["common", "account"])}>
      <NewPassword
        label="Password"
        minChars={10}
        person={{ name: "Mira", email: "mira.kovac@harbour.example" }}
        error={null}
      />
    </TextProvider>,
  );
  fireEvent.change(screen.getByLabelText("Password"), { target: { value: password } });
  expect(screen.getByText(hint)).toBeDefined();
});

test("the eye shows what was typed, and says what it would do next", () => {
  render(
    <TextProvider locale="zh-cn" sections={pickSections("zh-cn", ["common", "account"])}>
      <NewPassword label="密码" minChars={10} person={{ name: "", email: "" }} error={null} />
    </TextProvider>,
  );
  const field = screen.getByLabelText<HTMLInputElement>("密码");
  expect(field.type).toBe("password");
  fireEvent.click(screen.getByRole("button", { name: "显示密码" }));
  expect(field.type).toBe("text");
  expect(screen.getByRole("button", { name: "隐藏密码" })).toBeDefined();
});

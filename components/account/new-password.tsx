"use client";

import { useState } from "react";
import { PasswordField } from "#components/ui/field.tsx";
import { StateGlyph } from "#components/ui/state-glyph.tsx";
import { useText } from "#lib/client/text.tsx";

interface NewPasswordProps {
  label: string;
  name?: string;
  minChars: number;
  /** What a good password has nothing of. */
  person: { name: string; email: string };
  large?: boolean;
  error: string | null;
}

/** A field for a new password that says, while one types, how far it is from good enough. The server decides. */
export function NewPassword({ label, name = "password", minChars, person, large = false, error }: NewPasswordProps) {
  const t = useText();
  const [text, setText] = useState("");
  const have = [...text].length;
  const personal = saysWho(text, person);
  const good = have >= minChars && !personal;
  const level = Math.min(1, have / minChars);
  const hint =
    have === 0
      ? t("account.password.rule")
      : personal
        ? t("account.password.personal")
        : good
          ? t("account.password.long")
          : t("account.password.short", { have, count: minChars });
  const glyph = have === 0 ? "queued" : personal ? "attention" : good ? "done" : "running";
  return (
    <PasswordField
      large={large}
      label={label}
      name={name}
      autoComplete="new-password"
      value={text}
      onChange={(event) => setText(event.target.value)}
      showLabel={t("common.showPassword")}
      hideLabel={t("common.hidePassword")}
      error={error}
      help={
        <span className="flex items-center gap-2">
          <StateGlyph state={glyph} level={level} />
          <span className="tabular-nums">{hint}</span>
        </span>
      }
    />
  );
}

/** Words for why the server refused a new password. */
export function usePasswordProblem(): (reason: string | undefined) => string {
  const t = useText();
  return (reason) => {
    if (reason === "too_short") return t("account.password.tooShort");
    if (reason === "too_long") return t("account.password.tooLong");
    if (reason === "personal") return t("account.password.personal");
    return t("account.password.common");
  };
}

function saysWho(password: string, { name, email }: { name: string; email: string }): boolean {
  const text = password.normalize("NFKC").toLowerCase();
  const words = [email, email.split("@")[0] ?? "", name, ...name.split(/\s+/)].map((word) =>
    word.normalize("NFKC").trim().toLowerCase(),
  );
  return words.some((word) => word.length >= 3 && text.includes(word) && text.length - word.length < 6);
}

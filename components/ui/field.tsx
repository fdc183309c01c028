"use client";

import { Eye, EyeOff } from "lucide-react";
import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type TextareaHTMLAttributes,
  useId,
  useState,
} from "react";
import { classNames } from "./class-names.ts";
import { StateGlyph } from "./state-glyph.tsx";

export interface FieldProps {
  label: string;
  /** Right of the label: a unit, or the word for optional. */
  aside?: ReactNode;
  help?: ReactNode;
  /** Takes the place of the help, and marks the box. */
  error?: ReactNode;
}

/** What a control needs in order to belong to its label, help and error. */
export interface ControlProps {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

/** Label over a control, help under it, an error in place of the help. */
export function Field({
  label,
  aside,
  help,
  error,
  children,
}: FieldProps & { children: (control: ControlProps) => ReactNode }) {
  const id = useId();
  const wrong = error !== undefined && error !== null && error !== false;
  const below = wrong || help !== undefined;
  return (
    <div className="grid gap-1.5">
      <div className="flex items-baseline justify-between gap-3">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {aside !== undefined && <span className="text-12 text-ink-muted">{aside}</span>}
      </div>
      {children({ id, "aria-describedby": below ? `${id}-more` : undefined, "aria-invalid": wrong || undefined })}
      {below && (
        <div
          id={`${id}-more`}
          className={wrong ? "flex gap-2 text-13" : "text-12 text-ink-muted"}
          role={wrong ? "alert" : undefined}
        >
          {wrong && (
            <span className="flex h-5 items-center">
              <StateGlyph state="failed" />
            </span>
          )}
          <div className="min-w-0">{wrong ? error : help}</div>
        </div>
      )}
    </div>
  );
}

type InputProps = InputHTMLAttributes<HTMLInputElement> & { large?: boolean; ref?: Ref<HTMLInputElement> };

/** A text box alone, for where its label is elsewhere. 16 px on touch, or iOS zooms in. */
export function Input({ large = false, className, ...rest }: InputProps) {
  return (
    <input
      autoComplete="off"
      {...rest}
      className={classNames(
        "field-box w-full min-w-0 px-3 coarse:min-h-11 coarse:text-[1rem]",
        large ? "h-10 text-15" : "h-8 text-13",
        className,
      )}
    />
  );
}

/** A labelled text box. */
export function TextField({ label, aside, help, error, ...input }: FieldProps & InputProps) {
  return (
    <Field label={label} aside={aside} help={help} error={error}>
      {(control) => <Input {...input} {...control} />}
    </Field>
  );
}

/** A password with the eye that shows it. */
export function PasswordField({
  label,
  aside,
  help,
  error,
  showLabel,
  hideLabel,
  large = false,
  ...input
}: FieldProps & InputProps & { showLabel: string; hideLabel: string }) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <Field label={label} aside={aside} help={help} error={error}>
      {(control) => (
        <span className="relative block">
          <Input
            spellCheck={false}
            autoCapitalize="none"
            {...input}
            {...control}
            large={large}
            type={shown ? "text" : "password"}
            className="pe-10"
          />
          <button
            type="button"
            aria-label={shown ? hideLabel : showLabel}
            data-tip={shown ? hideLabel : showLabel}
            onClick={() => setShown(!shown)}
            className="press absolute inset-y-0 end-1 my-auto flex size-8 items-center justify-center rounded text-ink-muted hover:text-ink"
          >
            <Icon />
          </button>
        </span>
      )}
    </Field>
  );
}

/** A labelled text box of several lines. */
export function TextareaField({
  label,
  aside,
  help,
  error,
  className,
  ...rest
}: FieldProps & TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }) {
  return (
    <Field label={label} aside={aside} help={help} error={error}>
      {(control) => (
        <textarea
          {...rest}
          {...control}
          className={classNames(
            "field-box block field-sizing-content max-h-60 min-h-16 w-full resize-y px-3 py-1.5 coarse:text-[1rem]",
            className,
          )}
        />
      )}
    </Field>
  );
}

/** On top of a form whose values were refused: how many, and that nothing was done. */
export function FormProblem({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div role="alert" className="flex gap-2 rounded border border-line-strong bg-raised px-3 py-2.5">
      <span className="flex h-5 items-center">
        <StateGlyph state="failed" />
      </span>
      <div className="min-w-0">
        <span className="font-medium">{title}</span> {children}
      </div>
    </div>
  );
}

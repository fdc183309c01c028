"use client";

import { useQuery } from "@tanstack/react-query";
import { ListFilter } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Drawer } from "#components/ui/drawer.tsx";
import { FormProblem, TextareaField, TextField } from "#components/ui/field.tsx";
import { Radio } from "#components/ui/radio.tsx";
import { api, isApiError } from "#lib/client/api.ts";
import { useProblem } from "#lib/client/problem.ts";
import { useText } from "#lib/client/text.tsx";
import type { AgentSetting } from "#lib/shared/connections.ts";
import type { PersonView } from "#lib/shared/people.ts";

/** Everything an admin says about one agent. */
export function AgentDrawer({
  agent,
  busy,
  error,
  onClose,
  onSave,
}: {
  agent: AgentSetting;
  busy: boolean;
  error: unknown;
  onClose: () => void;
  onSave: (changed: AgentSetting) => void;
}) {
  const t = useText();
  const problem = useProblem();
  const group = useId();
  const [form, setForm] = useState(agent);
  const [models, setModels] = useState(agent.models.join("\n"));
  const set = (change: Partial<AgentSetting>) => setForm({ ...form, ...change });
  const badModels = isApiError(error) && error.fields.some(({ path }) => path.includes("models"));
  const failed = error !== null && !badModels ? problem(error) : null;
  return (
    <Drawer
      title={t("connections.agentsPage.editTitle", { name: agent.name ?? agent.id })}
      closeLabel={t("common.close")}
      onClose={onClose}
      onSubmit={() => onSave({ ...form, models: [...new Set(models.split(/[\s,]+/).filter((id) => id !== ""))] })}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" variant="filled" busy={busy}>
            {t("connections.agentsPage.save")}
          </Button>
        </>
      }
    >
      <div className="grid gap-5">
        {failed !== null && <FormProblem title={`${failed.title}.`}>{failed.next}</FormProblem>}
        <TextField
          label={t("connections.agentsPage.displayName")}
          aside={t("common.optional")}
          help={t("connections.agentsPage.displayNameHelp")}
          placeholder={agent.id}
          maxLength={80}
          value={form.name ?? ""}
          onChange={(event) => set({ name: event.target.value.trimStart() === "" ? null : event.target.value })}
        />
        <TextareaField
          label={t("connections.agentsPage.description")}
          aside={t("common.optional")}
          help={t("connections.agentsPage.descriptionHelp")}
          maxLength={300}
          value={form.description ?? ""}
          onChange={(event) => set({ description: event.target.value.trimStart() === "" ? null : event.target.value })}
        />
        <Checkbox
          label={t("connections.agentsPage.hide")}
          help={t("connections.agentsPage.hideHelp")}
          checked={form.hidden}
          onChange={(event) => set({ hidden: event.target.checked })}
        />
        <fieldset>
          <legend className="mb-2 font-medium">{t("connections.agentsPage.whoTitle")}</legend>
          <div className="grid gap-2">
            <Radio
              name={group}
              label={t("connections.agentsPage.whoEverybody")}
              checked={!form.restricted}
              onChange={() => set({ restricted: false })}
            />
            <Radio
              name={group}
              label={t("connections.agentsPage.whoChosen")}
              checked={form.restricted}
              onChange={() => set({ restricted: true })}
            />
          </div>
          {form.restricted && <PeopleChoice chosen={form.personIds} onChange={(personIds) => set({ personIds })} />}
        </fieldset>
        <TextareaField
          label={t("connections.agentsPage.modelsLabel")}
          aside={t("common.optional")}
          help={t("connections.agentsPage.modelsHelp")}
          className="font-mono text-12"
          spellCheck={false}
          value={models}
          onChange={(event) => setModels(event.target.value)}
          error={badModels && t("connections.agentsPage.modelsBad")}
        />
      </div>
    </Drawer>
  );
}

function PeopleChoice({ chosen, onChange }: { chosen: string[]; onChange: (ids: string[]) => void }) {
  const t = useText();
  const [filter, setFilter] = useState("");
  const { data } = useQuery({
    queryKey: ["people"],
    queryFn: ({ signal }) => api<{ people: PersonView[] }>("/api/people", { signal }),
  });
  const people = data?.people ?? [];
  const wanted = filter.trim().toLowerCase();
  const shown = people.filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(wanted));
  return (
    <div className="mt-3">
      <div className="mb-1.5 text-end text-12 text-ink-muted">
        {t("connections.agentsPage.chosen", { count: chosen.length, total: people.length })}
      </div>
      <div className="field-box overflow-hidden">
        <div className="flex items-center gap-2 border-b border-line px-3">
          <ListFilter className="text-ink-muted" />
          <input
            type="search"
            aria-label={t("connections.agentsPage.filterPeople")}
            placeholder={t("connections.agentsPage.filterPeople")}
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            className="h-8 flex-1 bg-transparent outline-none coarse:h-11"
          />
        </div>
        <ul className="max-h-56 overflow-y-auto p-1">
          {shown.map((person) => (
            <li key={person.id} className="flex min-h-8 items-center justify-between gap-3 rounded px-2 hover:bg-wash">
              <Checkbox
                label={person.name}
                className="flex-1"
                checked={chosen.includes(person.id)}
                onChange={(event) =>
                  onChange(event.target.checked ? [...chosen, person.id] : chosen.filter((id) => id !== person.id))
                }
              />
              <span className="truncate text-12 text-ink-muted">{person.email}</span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

import { type ApiError, api, isApiError } from "#lib/client/api.ts";
import { forget, recall, remember } from "#lib/client/local-memory.ts";
import { uploadFile } from "#lib/client/upload.ts";
import type { AttachmentView, DraftRequest, DraftView } from "#lib/shared/chat/types.ts";

/** An image in a composer: on its way up, there, or refused. */
export interface DraftAttachment {
  key: string;
  name: string;
  sizeBytes: number;
  /** What to show of it: the file itself, or our own route. */
  previewUrl: string;
  view: AttachmentView | null;
  /** 0 to 1 while it goes up. */
  progress: number;
  error: ApiError | null;
}

/** What a composer holds. */
export interface Draft {
  text: string;
  attachments: DraftAttachment[];
  /** `everywhere`: the person's other devices have it too. */
  saved: "here" | "everywhere";
  /** Another tab or device wrote something else meanwhile; both are kept until the person chooses. */
  other: { text: string; attachments: DraftAttachment[]; version: number } | null;
}

export const emptyDraft: Draft = { text: "", attachments: [], saved: "everywhere", other: null };

export function draftOf(scope: string): Draft {
  return entries.get(scope)?.draft ?? emptyDraft;
}

export function subscribeDrafts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Brings back what this browser kept, at once, then what other devices left. */
export function openDraft(scope: string): void {
  const entry = entryOf(scope);
  if (Date.now() - entry.readAt < 10_000) return;
  entry.readAt = Date.now();
  void readStored(scope, entry);
}

export function setDraftText(scope: string, text: string): void {
  const { draft } = entryOf(scope);
  if (draft.text !== text) change(scope, { ...draft, text });
}

/** Puts images into a composer; each goes up at once. */
export function addFiles(scope: string, files: readonly File[]): void {
  const { draft } = entryOf(scope);
  const added = files.map((file): [File, DraftAttachment] => [
    file,
    {
      key: crypto.randomUUID(),
      name: file.name,
      sizeBytes: file.size,
      previewUrl: URL.createObjectURL(file),
      view: null,
      progress: 0,
      error: null,
    },
  ]);
  change(scope, { ...draft, attachments: [...draft.attachments, ...added.map(([, attachment]) => attachment)] });
  for (const [file, { key }] of added) void upload(scope, key, file);
}

export function removeDraftAttachment(scope: string, key: string): void {
  const { draft, uploads } = entryOf(scope);
  uploads.get(key)?.abort();
  const removed = draft.attachments.find((attachment) => attachment.key === key);
  if (removed === undefined) return;
  release(removed);
  // A row that stays is found by the server's own tidying.
  if (removed.view !== null)
    void api(`/api/attachments/${removed.view.id}`, { method: "DELETE" }).catch(() => undefined);
  change(scope, { ...draft, attachments: draft.attachments.filter((attachment) => attachment.key !== key) });
}

/** Empties a composer whose content was sent. */
export function clearDraft(scope: string): void {
  for (const attachment of entryOf(scope).draft.attachments) release(attachment);
  change(scope, { ...emptyDraft, saved: "here" });
}

/** Puts back what could not be sent, in front of what was written since. */
export function restoreDraft(scope: string, text: string, attachments: AttachmentView[]): void {
  const { draft } = entryOf(scope);
  const joined = draft.text.trim() === "" || draft.text === text ? text : `${text}\n\n${draft.text}`;
  const known = new Set(draft.attachments.map(({ view }) => view?.id));
  const back = attachments.filter(({ id }) => !known.has(id)).map(stored);
  change(scope, { ...draft, text: joined, attachments: [...back, ...draft.attachments] });
}

/** What was written while the first message of a conversation was on its way belongs to that conversation. */
export function moveDraft(from: string, to: string): void {
  const { text, attachments } = entryOf(from).draft;
  if (text === "" && attachments.length === 0) return;
  change(to, { ...entryOf(to).draft, text, attachments });
  change(from, { ...emptyDraft, saved: "here" });
}

/** The person chose between what stands here and what came from elsewhere. */
export function settleDraft(scope: string, use: "mine" | "other"): void {
  const entry = entryOf(scope);
  const { other } = entry.draft;
  if (other === null) return;
  entry.version = other.version;
  if (use === "mine") change(scope, { ...entry.draft, other: null });
  else {
    for (const attachment of entry.draft.attachments) release(attachment);
    show(scope, { text: other.text, attachments: other.attachments, saved: "everywhere", other: null });
    keepHere(scope, false);
  }
}

interface Entry {
  draft: Draft;
  /** Of the stored draft that this one was made from. */
  version: number;
  /** Not stored at the server yet. */
  dirty: boolean;
  readAt: number;
  timer: number;
  saving: boolean;
  uploads: Map<string, AbortController>;
}

/** What this browser keeps of a draft. */
interface Kept {
  text: string;
  attachments: AttachmentView[];
  version: number;
  dirty: boolean;
}

const entries = new Map<string, Entry>();
const listeners = new Set<() => void>();
const saveAfterMs = 700;

function entryOf(scope: string): Entry {
  const found = entries.get(scope);
  if (found !== undefined) return found;
  const kept = typeof window === "undefined" ? null : recall<Kept>(`draft:${scope}`);
  const entry: Entry = {
    draft:
      kept === null
        ? emptyDraft
        : {
            text: kept.text,
            attachments: kept.attachments.map(stored),
            saved: kept.dirty ? "here" : "everywhere",
            other: null,
          },
    version: kept?.version ?? 0,
    dirty: kept?.dirty ?? false,
    readAt: 0,
    timer: 0,
    saving: false,
    uploads: new Map(),
  };
  if (typeof window !== "undefined") {
    entries.set(scope, entry);
    saveBeforeLeaving();
    if (entry.dirty) saveSoon(scope);
  }
  return entry;
}

function stored(view: AttachmentView): DraftAttachment {
  const { id, name, sizeBytes } = view;
  return { key: id, name, sizeBytes, previewUrl: `/api/attachments/${id}`, view, progress: 1, error: null };
}

function release({ previewUrl }: DraftAttachment): void {
  if (previewUrl.startsWith("blob:")) URL.revokeObjectURL(previewUrl);
}

function show(scope: string, draft: Draft): void {
  entryOf(scope).draft = draft;
  for (const listener of listeners) listener();
}

function change(scope: string, draft: Draft): void {
  const entry = entryOf(scope);
  entry.dirty = true;
  show(scope, { ...draft, saved: "here" });
  keepHere(scope, true);
  saveSoon(scope);
}

function keepHere(scope: string, dirty: boolean): void {
  const { draft, version } = entryOf(scope);
  const attachments = draft.attachments.flatMap(({ view }) => view ?? []);
  const kept: Kept = { text: draft.text, attachments, version, dirty };
  if (draft.text === "" && attachments.length === 0 && !dirty) forget(`draft:${scope}`);
  else remember(`draft:${scope}`, kept);
}

function saveSoon(scope: string): void {
  const entry = entryOf(scope);
  window.clearTimeout(entry.timer);
  entry.timer = window.setTimeout(() => void save(scope), saveAfterMs);
}

function requestOf({ draft, version }: Entry): DraftRequest {
  return { text: draft.text, attachmentIds: draft.attachments.flatMap(({ view }) => view?.id ?? []), version };
}

async function save(scope: string): Promise<void> {
  const entry = entryOf(scope);
  if (entry.saving) saveSoon(scope);
  if (entry.saving || !entry.dirty || entry.draft.other !== null) return;
  const request = requestOf(entry);
  if (request.version === 0 && request.text === "" && request.attachmentIds.length === 0) {
    entry.dirty = false;
    keepHere(scope, false);
    return;
  }
  entry.saving = true;
  const before = entry.draft;
  try {
    const kept = await api<DraftView>(`/api/drafts/${scope}`, { method: "PUT", body: request });
    entry.version = kept.version;
    if (entry.draft === before) settled(scope, entry);
  } catch (error) {
    if (isApiError(error) && error.code === "version_conflict") await meetOther(scope, entry);
    // Anything else: this browser has it, and the next change tries again.
  } finally {
    entry.saving = false;
  }
  if (entry.dirty && entry.draft !== before) saveSoon(scope);
}

function settled(scope: string, entry: Entry): void {
  entry.dirty = false;
  keepHere(scope, false);
  show(scope, { ...entry.draft, saved: "everywhere" });
}

async function meetOther(scope: string, entry: Entry): Promise<void> {
  const found = await api<DraftView>(`/api/drafts/${scope}`).catch(() => null);
  if (found !== null) meet(scope, entry, found);
}

/** Takes what is stored elsewhere where nothing here is lost by it; else both are kept for the person to choose. */
function meet(scope: string, entry: Entry, found: DraftView): void {
  const attachments = found.attachments.map(stored);
  const empty = entry.draft.text === "" && entry.draft.attachments.length === 0;
  const otherEmpty = found.text === "" && attachments.length === 0;
  if (found.text === entry.draft.text) {
    entry.version = found.version;
    settled(scope, entry);
  } else if (!entry.dirty) {
    entry.version = found.version;
    show(scope, { text: found.text, attachments, saved: "everywhere", other: null });
    keepHere(scope, false);
  } else if (empty || otherEmpty) {
    // Nothing is lost by taking what stands here. Emptied by sending, a composer must not fill again with what it sent.
    entry.version = found.version;
    saveSoon(scope);
  } else show(scope, { ...entry.draft, other: { text: found.text, attachments, version: found.version } });
}

async function readStored(scope: string, entry: Entry): Promise<void> {
  const found = await api<DraftView>(`/api/drafts/${scope}`).catch(() => null);
  if (found === null || found.version <= entry.version || entry.saving) return;
  meet(scope, entry, found);
}

async function upload(scope: string, key: string, file: File): Promise<void> {
  const entry = entryOf(scope);
  const abort = new AbortController();
  entry.uploads.set(key, abort);
  const patch = (more: Partial<DraftAttachment>, draft: Draft): Draft => ({
    ...draft,
    attachments: draft.attachments.map((attachment) =>
      attachment.key === key ? { ...attachment, ...more } : attachment,
    ),
  });
  try {
    const view = await uploadFile(file, abort.signal, (progress) => show(scope, patch({ progress }, entry.draft)));
    change(scope, patch({ view, progress: 1 }, entry.draft));
  } catch (error) {
    if (!abort.signal.aborted && isApiError(error)) show(scope, patch({ error }, entry.draft));
  } finally {
    entry.uploads.delete(key);
  }
}

let leaving = false;

/** What was typed in the last moment goes up while the page is left. */
function saveBeforeLeaving(): void {
  if (leaving) return;
  leaving = true;
  window.addEventListener("pagehide", () => {
    for (const [scope, entry] of entries) {
      if (!entry.dirty || entry.draft.other !== null || entry.saving) continue;
      const body = requestOf(entry);
      if (body.version === 0 && body.text === "" && body.attachmentIds.length === 0) continue;
      // Browsers let go of 64 kB while leaving; what is longer waits in this browser.
      if (body.text.length > 15_000) continue;
      void api<DraftView>(`/api/drafts/${scope}`, { method: "PUT", body, keepalive: true })
        .then(({ version }) => {
          entry.version = version;
          settled(scope, entry);
        })
        .catch(() => undefined);
    }
  });
}

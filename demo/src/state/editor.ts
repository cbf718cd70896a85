import { computed, signal } from "@preact/signals";
import { runtime } from "./engine.ts";
import { refreshLibrary, skillsDir } from "./library.ts";
import { notify } from "./notice.ts";

export interface OpenFile {
  readonly path: string;
  /** As it is stored. */
  readonly saved: string;
  readonly text: string;
}

const maxEditableBytes = 1_000_000;

/** Paths of the selected skill's files, manifest first. */
export const skillFiles = signal<readonly string[]>([]);
export const openFile = signal<OpenFile | undefined>(undefined);
/** Texts that were typed and not saved, by path: changing files loses nothing. */
const drafts = new Map<string, string>();
/** Where the editor should put the cursor; a new object each time, so that the same line can be asked for twice. */
export const goTo = signal<{ readonly path: string; readonly line: number } | undefined>(undefined);
export const isDirty = computed(() => openFile.value !== undefined && openFile.value.text !== openFile.value.saved);
export const saving = signal(false);
const draftCount = signal(0);
export const unsavedPaths = computed(() => (draftCount.value >= 0 ? new Set(drafts.keys()) : new Set<string>()));

export async function listSkillFiles(skillId: string): Promise<void> {
  const base = `${skillsDir}/${skillId}`;
  const found = await filesBelow(base);
  const manifest = `${base}/skill.yaml`;
  skillFiles.value = [manifest, ...found.filter((path) => path !== manifest)];
}

async function filesBelow(dir: string): Promise<string[]> {
  const engine = runtime();
  const found: string[] = [];
  for (const name of await engine.fs.list(dir)) {
    const path = `${dir}/${name}`;
    const stat = await engine.fs.stat(path);
    if (stat?.kind === "dir") found.push(...(await filesBelow(path)));
    else if (stat) found.push(path);
  }
  return found;
}

export async function editFile(path: string, line?: number): Promise<void> {
  if (openFile.value?.path !== path) {
    const stat = await runtime().fs.stat(path);
    if (!stat) throw new Error(`${path} does not exist any more`);
    if (stat.size > maxEditableBytes) throw new Error(`${path} is too large for the editor (${stat.size} bytes)`);
    const saved = await runtime().fs.readText(path);
    openFile.value = { path, saved, text: drafts.get(path) ?? saved };
  }
  goTo.value = line === undefined ? undefined : { path, line };
}

export function typed(text: string): void {
  const file = openFile.value;
  if (!file || file.text === text) return;
  openFile.value = { ...file, text };
  if (text === file.saved) drafts.delete(file.path);
  else drafts.set(file.path, text);
  draftCount.value += 1;
}

export function revert(): void {
  if (openFile.value) typed(openFile.value.saved);
}

/** Writes the file and loads the skills again; a skill that does not load any more says why in the library. */
export async function save(): Promise<void> {
  const file = openFile.value;
  if (!file || saving.value || file.text === file.saved) return;
  saving.value = true;
  try {
    await runtime().fs.write(file.path, file.text);
    drafts.delete(file.path);
    draftCount.value += 1;
    const now = openFile.value;
    if (now?.path === file.path) openFile.value = { ...now, saved: file.text };
    if (file.path.startsWith(`${skillsDir}/`)) await runtime().skills.reload();
    await refreshLibrary();
    notify("good", `Saved ${file.path.slice(file.path.lastIndexOf("/") + 1)}`);
  } finally {
    saving.value = false;
  }
}

/** Forgets a file that was removed or replaced. */
export function closeBelow(dir: string): void {
  for (const path of [...drafts.keys()]) if (path.startsWith(`${dir}/`)) drafts.delete(path);
  draftCount.value += 1;
  if (openFile.value?.path.startsWith(`${dir}/`)) openFile.value = undefined;
}

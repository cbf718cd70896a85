import { computed, signal } from "@preact/signals";
import { runtime } from "./engine.ts";
import { refreshLibrary, skillsDir } from "./library.ts";
import { notify } from "./notice.ts";

export interface OpenFile {
  readonly path: string;
  /** As it is stored. */
  readonly saved: string;
  readonly text: string;
  /** Grows when the text is replaced from outside the editor. */
  readonly revision: number;
}

const maxEditableBytes = 1_000_000;
const draftsKey = "luaskills-playground-drafts";
let keeping: ReturnType<typeof setTimeout> | undefined;

/** Paths of the selected skill's files, manifest first. */
export const skillFiles = signal<readonly string[]>([]);
export const openFile = signal<OpenFile | undefined>(undefined);
/** Texts that were typed and not saved, by path: neither changing files nor a reload of the page loses them. */
const drafts = readDrafts();
window.addEventListener("pagehide", keepDrafts);
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
    openFile.value = { path, saved, text: drafts.get(path) ?? saved, revision: 0 };
  }
  goTo.value = line === undefined ? undefined : { path, line };
}

/** An empty file of a skill, open in the editor. `name` is its path in the package. @throws Error when it is there */
export async function createFile(skillId: string, name: string): Promise<void> {
  const base = `${skillsDir}/${skillId}/`;
  const path = `${base}${name.replace(/^\/+/, "")}`;
  if (path.split("/").includes("..")) throw new Error(`${name} is not inside the package`);
  if (await runtime().fs.stat(path)) throw new Error(`${name} is there already`);
  await runtime().fs.write(path, "");
  await listSkillFiles(skillId);
  await editFile(path);
}

export function typed(text: string): void {
  const file = openFile.value;
  if (!file || file.text === text) return;
  openFile.value = { ...file, text };
  if (text === file.saved) drafts.delete(file.path);
  else drafts.set(file.path, text);
  draftCount.value += 1;
  clearTimeout(keeping);
  keeping = setTimeout(keepDrafts, 300);
}

export function revert(): void {
  const file = openFile.value;
  if (!file) return;
  typed(file.saved);
  openFile.value = { ...file, text: file.saved, revision: file.revision + 1 };
}

/** Writes every unsaved text of a skill: what runs is what is on the screen. */
export async function saveSkill(skillId: string): Promise<void> {
  const below = `${skillsDir}/${skillId}/`;
  const unsaved = [...drafts].filter(([path]) => path.startsWith(below));
  if (unsaved.length === 0) return;
  for (const [path, text] of unsaved) await write(path, text);
  await runtime().skills.reload();
  await refreshLibrary();
}

async function write(path: string, text: string): Promise<void> {
  await runtime().fs.write(path, text);
  // What was typed while it was written is a draft still.
  if (drafts.get(path) === text) drafts.delete(path);
  draftCount.value += 1;
  const now = openFile.value;
  if (now?.path === path) openFile.value = { ...now, saved: text };
  keepDrafts();
}

/** Writes the file and loads the skills again; a skill that does not load any more says why in the library. */
export async function save(): Promise<void> {
  const file = openFile.value;
  if (!file || saving.value || file.text === file.saved) return;
  saving.value = true;
  try {
    await write(file.path, file.text);
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

function readDrafts(): Map<string, string> {
  try {
    return new Map(JSON.parse(localStorage.getItem(draftsKey) ?? "[]") as [string, string][]);
  } catch {
    return new Map(); // Not what this page wrote, or storage is blocked: there are no drafts.
  }
}

function keepDrafts(): void {
  try {
    localStorage.setItem(draftsKey, JSON.stringify([...drafts]));
  } catch {
    notify("bad", "The browser does not keep unsaved texts: save before you leave the page");
  }
}

import { computed, signal } from "@preact/signals";
import type { EntryDescriptor, LoadProblem, Runtime } from "luaskills-wasm";
import { databases, refreshDatabases } from "./databases.ts";
import { runtime, runtimeRoot } from "./engine.ts";

export const skillsDir = `${runtimeRoot}/skills`;

export interface SkillView {
  readonly id: string;
  readonly name: string;
  /** off: there, but not loaded (disabled). */
  readonly state: "ready" | "broken" | "off";
  readonly entries: readonly EntryDescriptor[];
  readonly problem: LoadProblem | undefined;
}

export interface Sample {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly file: string;
}

export const library = signal<readonly SkillView[] | undefined>(undefined);
export const samples = signal<readonly Sample[]>([]);
export const selectedSkillId = signal<string | undefined>(undefined);
export const selectedEntryName = signal<string | undefined>(undefined);

export const selectedSkill = computed(() => library.value?.find((skill) => skill.id === selectedSkillId.value));
export const selectedEntry = computed(() =>
  selectedSkill.value?.entries.find((entry) => entry.name === selectedEntryName.value),
);

export function selectSkill(id: string, entryName?: string): void {
  selectedSkillId.value = id;
  selectedEntryName.value = entryName ?? library.value?.find((skill) => skill.id === id)?.entries[0]?.name;
  const entry = selectedEntry.value;
  history.replaceState(null, "", `#/${id}${entry ? `/${entry.localName}` : ""}`);
}

/** Reads the skills folder and the registry again. The selection stays where it can. */
export async function refreshLibrary(): Promise<void> {
  const engine = runtime();
  const present = (await engine.fs.stat(skillsDir)) ? await engine.fs.list(skillsDir) : [];
  const views = await Promise.all(present.map((id) => viewOf(engine, id)));
  library.value = views.filter((view) => view !== undefined);
  // Not before somebody asked for them: SQLite is loaded for it.
  if (databases.value) await refreshDatabases();
  const { value: current } = selectedSkill;
  const [first] = library.value;
  if (current) {
    if (!selectedEntry.value) selectSkill(current.id);
  } else if (first) selectSkill(first.id);
  else selectedSkillId.value = undefined;
}

async function viewOf(engine: Runtime, id: string): Promise<SkillView | undefined> {
  const manifest = `${skillsDir}/${id}/skill.yaml`;
  if (!(await engine.fs.stat(manifest))) return undefined;
  const entries = engine.list().filter((entry) => entry.skillId === id);
  const problem = engine.problems().find((each) => each.skillId === id);
  const broken = problem && problem.severity !== "warning";
  const state = broken ? "broken" : entries.length > 0 ? "ready" : problem ? "broken" : "off";
  return { id, name: displayName(await engine.fs.readText(manifest)) ?? id, state, entries, problem };
}

/** The name line, so that a skill whose YAML is broken has a name too. */
function displayName(yaml: string): string | undefined {
  return /^name:[ \t]*["']?(.+?)["']?[ \t]*$/m.exec(yaml)?.[1];
}

/**
 * First visit: the samples are installed, what the address names and then the first of them before anything is shown, the
 * others behind it. Later: what the user has left there.
 */
export async function openLibrary(): Promise<void> {
  const engine = runtime();
  const response = await fetch("./skills/index.json");
  if (response.ok) samples.value = (await response.json()) as Sample[];
  const visited = `${runtimeRoot}/config/playground.json`;
  const [, skill, entry] = location.hash.split("/");
  const isFirstVisit = !(await engine.fs.stat(visited));
  const left = isFirstVisit ? await absentSamples(skill) : [];
  const first = left.shift();
  if (first) await installSample(first);
  selectedSkillId.value = skill;
  await refreshLibrary();
  const named = selectedSkill.value?.entries.find((each) => each.localName === entry);
  if (skill && selectedSkill.value) selectSkill(skill, named?.name);
  if (!isFirstVisit) return;
  for (const sample of left) {
    await installSample(sample);
    await refreshLibrary();
  }
  await engine.fs.write(visited, JSON.stringify({ samplesInstalled: true }));
}

/** What a first visit that was cut off has left to install: the named one first. */
async function absentSamples(named: string | undefined): Promise<Sample[]> {
  const there = await Promise.all(samples.value.map(({ id }) => runtime().fs.stat(`${skillsDir}/${id}`)));
  const absent = samples.value.filter((_, i) => !there[i]);
  return absent.sort((a, b) => Number(b.id === named) - Number(a.id === named));
}

export const resetQuestion = (name: string): string =>
  `Put ${name} back as the sample has it? What you changed in its files is lost; what it saved stays.`;

/** Installs a sample, or puts it back as it was. */
export async function installSample(sample: Sample): Promise<void> {
  const response = await fetch(`./skills/${sample.file}`);
  if (!response.ok) throw new Error(`${sample.file} cannot be fetched: ${response.status}`);
  const zip = new Uint8Array(await response.arrayBuffer());
  if (await runtime().fs.stat(`${skillsDir}/${sample.id}`)) await runtime().skills.uninstall(sample.id);
  await runtime().skills.install({ zip });
}

/** Installs a package, or updates the skill it holds. Answers with what was done. */
export async function installPackage(source: { readonly zip: Uint8Array } | { readonly url: string }): Promise<string> {
  const installed = await runtime().skills.install(source);
  const result = installed.status === "already_installed" ? await runtime().skills.update(source) : installed;
  return String(result.message);
}

const firstEntry = `return function(args)
  return "Hello, " .. (args.name or "world") .. "!"
end
`;

/** A skill to begin with: one entry that greets. @throws Error when there is one of that id */
export async function createSkill(id: string): Promise<void> {
  const engine = runtime();
  const dir = `${skillsDir}/${id}`;
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(id)) {
    throw new Error(`"${id}" cannot be the id of a skill: lower-case letters, digits and hyphens, a letter first`);
  }
  if (await engine.fs.stat(dir)) throw new Error(`There is a skill called ${id} already`);
  const manifest = `name: ${id}
version: 0.1.0
entries:
  - name: hello
    description: Greets somebody.
    lua_entry: runtime/hello.lua
    lua_module: ${id}.hello
    parameters:
      - { name: name, type: string, description: Whom to greet. }
`;
  await engine.fs.write(`${dir}/runtime/hello.lua`, firstEntry);
  await engine.fs.write(`${dir}/skill.yaml`, manifest);
  await engine.skills.reload();
  await refreshLibrary();
  selectSkill(id);
}

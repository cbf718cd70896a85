import type { LoadProblem } from "luaskills-wasm";
import { useEffect, useRef } from "preact/hooks";
import { CodeArea } from "../parts/code-area.tsx";
import { Empty } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import {
  createFile,
  editFile,
  goTo,
  isDirty,
  listSkillFiles,
  openFile,
  revert,
  save,
  saving,
  skillFiles,
  typed,
  unsavedPaths,
} from "../state/editor.ts";
import { library, selectedEntry, selectedSkill, skillsDir } from "../state/library.ts";
import { attempt } from "../state/notice.ts";
import { submitSelected } from "../state/submit.ts";
import { view } from "../state/view.ts";

export function Editor() {
  const skill = selectedSkill.value;
  const entry = selectedEntry.value;
  const skills = library.value;
  // Selecting an entry opens its source; a file of another skill gives way.
  useEffect(() => {
    if (!skill) return;
    void attempt(async () => {
      await listSkillFiles(skill.id);
      const inSkill = openFile.value?.path.startsWith(`${skillsDir}/${skill.id}/`);
      const source = entry && sourceOf(entry.localName);
      if (!inSkill || source) await editFile(source ?? `${skillsDir}/${skill.id}/skill.yaml`);
    });
  }, [skill?.id, entry?.name]);
  useEffect(() => {
    if (skill) void attempt(() => listSkillFiles(skill.id));
  }, [skills]);

  const file = openFile.value;
  if (!file) {
    return (
      <div class="card editor">
        <Empty icon="edit" title="Nothing open">
          <p>Pick a skill, or a file of the tree.</p>
        </Empty>
      </div>
    );
  }
  const problem = skill?.problem;
  return (
    <div class="card editor">
      <FileTabs />
      <CodeArea
        path={file.path}
        revision={file.revision}
        text={file.text}
        goTo={goTo.value}
        onChange={typed}
        onSave={() => void attempt(save)}
        onRun={submitSelected}
      />
      {problem && <ProblemStrip problem={problem} />}
      <EditorBar />
    </div>
  );
}

/** Why the skill of the open file does not load, with a way to the line. */
function ProblemStrip({ problem }: { readonly problem: LoadProblem }) {
  const { file, line } = problem.error.data ?? {};
  const base = `${skillsDir}/${problem.skillId}/`;
  if (!openFile.value?.path.startsWith(base)) return null;
  const path = typeof file === "string" && file.startsWith(base) ? file : `${base}skill.yaml`;
  return (
    <p class="problem-strip" role="alert">
      <Icon name="alert" />
      <span>
        {problem.message}
        {typeof line === "number" && (
          <button type="button" class="link" onClick={() => void attempt(() => editFile(path, line))}>
            Go to line {line}
          </button>
        )}
      </span>
    </p>
  );
}

/** Entries name their source in skill.yaml; the samples and most packages use the entry's own name. */
function sourceOf(localName: string): string | undefined {
  return skillFiles.value.find((path) => path.endsWith(`/runtime/${localName}.lua`));
}

function FileTabs() {
  const current = openFile.value?.path;
  const paths = skillFiles.value;
  const tabs = useRef<HTMLElement>(null);
  useEffect(() => {
    tabs.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current, paths, view.value]);
  const others = current !== undefined && !paths.includes(current) ? [current] : [];
  return (
    <nav class="file-tabs" ref={tabs} aria-label="Files of the skill">
      {[...others, ...paths].map((path) => (
        <button
          key={path}
          type="button"
          title={path}
          aria-current={path === current ? "true" : undefined}
          onClick={() => void attempt(() => editFile(path))}
        >
          {shortName(path)}
          {unsavedPaths.value.has(path) && (
            <span class="unsaved" role="img" aria-label="unsaved">
              •
            </span>
          )}
        </button>
      ))}
    </nav>
  );
}

function shortName(path: string): string {
  return path.startsWith(`${skillsDir}/`)
    ? path
        .split("/")
        .slice(4)
        .join("/")
        .replace(/^runtime\//, "")
    : path;
}

async function newFile(): Promise<void> {
  const skill = selectedSkill.value;
  const name = skill && prompt("Path of the new file in the package", "runtime/new.lua");
  if (skill && name) await createFile(skill.id, name);
}

function EditorBar() {
  const dirty = isDirty.value;
  return (
    <div class="bar">
      <button type="button" class="button" onClick={() => void attempt(newFile)}>
        New file
      </button>
      <span class="bar-text">{saving.value ? "Saving…" : dirty ? "Not saved" : "Saved"}</span>
      <button type="button" class="button" disabled={!dirty} onClick={revert}>
        Revert
      </button>
      <button
        type="button"
        class="button primary"
        disabled={!dirty || saving.value}
        onClick={() => void attempt(save)}
        aria-keyshortcuts="Control+S Meta+S"
      >
        Save <kbd>Ctrl S</kbd>
      </button>
    </div>
  );
}

import { Empty } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { editFile } from "../state/editor.ts";
import {
  installSample,
  library,
  refreshLibrary,
  type SkillView,
  samples,
  selectedEntryName,
  selectedSkillId,
  selectSkill,
  skillsDir,
} from "../state/library.ts";
import { attempt, notify } from "../state/notice.ts";
import { addOpen, rightPanel, show } from "../state/view.ts";
import { SkillMenu } from "./skill-menu.tsx";

export function SkillList() {
  const skills = library.value ?? [];
  return (
    <div class="side-body">
      {skills.length === 0 ? (
        <Empty icon="puzzle" title="No skills yet">
          <p>Add a package, or bring the samples back.</p>
          <button type="button" class="button" onClick={() => void attempt(restoreSamples)}>
            Restore samples
          </button>
        </Empty>
      ) : (
        <ul class="skills">
          {skills.map((skill) => (
            <SkillItem key={skill.id} skill={skill} />
          ))}
        </ul>
      )}
      <button type="button" class="add-button" onClick={() => (addOpen.value = true)}>
        <Icon name="plus" /> Add a skill
      </button>
    </div>
  );
}

async function restoreSamples(): Promise<void> {
  for (const sample of samples.value) await installSample(sample);
  await refreshLibrary();
  notify("good", "The samples are back");
}

function SkillItem({ skill }: { readonly skill: SkillView }) {
  const selected = selectedSkillId.value === skill.id;
  return (
    <li class={`skill ${selected ? "selected" : ""}`}>
      <div class="skill-head">
        <button
          type="button"
          class="skill-name"
          aria-expanded={selected}
          onClick={() => {
            selectSkill(skill.id);
            if (skill.entries.length === 0) show("edit");
          }}
        >
          <span class={`dot ${skill.state}`} />
          <span class="skill-title">
            {skill.name}
            <span class="skill-id">{skill.id}</span>
          </span>
        </button>
        <SkillMenu skill={skill} />
      </div>
      {selected && <SkillBody skill={skill} />}
    </li>
  );
}

function SkillBody({ skill }: { readonly skill: SkillView }) {
  if (skill.state === "broken") {
    return (
      <div class="skill-problem">
        <p>{skill.problem?.message}</p>
        <button type="button" class="link" onClick={() => void attempt(() => editManifest(skill.id))}>
          Open skill.yaml
        </button>
      </div>
    );
  }
  if (skill.state === "off") return <p class="skill-note">Switched off.</p>;
  return (
    <ul class="entries">
      {skill.entries.map((entry) => (
        <li key={entry.name}>
          <button
            type="button"
            class="entry"
            aria-current={selectedEntryName.value === entry.name ? "true" : undefined}
            title={entry.description}
            onClick={() => {
              selectSkill(skill.id, entry.name);
              rightPanel.value = "run";
              show("run");
            }}
          >
            {entry.localName}
          </button>
        </li>
      ))}
    </ul>
  );
}

async function editManifest(id: string): Promise<void> {
  await editFile(`${skillsDir}/${id}/skill.yaml`);
  show("edit");
}

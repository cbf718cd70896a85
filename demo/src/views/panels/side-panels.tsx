import { Empty } from "../../parts/empty.tsx";
import { Icon } from "../../parts/icon.tsx";
import { TabPanel } from "../../parts/tab-panel.tsx";
import { selectedEntry, selectedSkill } from "../../state/library.ts";
import { rightPanel, show } from "../../state/view.ts";
import { HelpPanel } from "./help-panel.tsx";
import { RunPanel } from "./run-panel.tsx";
import { SettingsPanel } from "./settings-panel.tsx";

const tabs = [
  { id: "run", label: "Run" },
  { id: "help", label: "Help" },
  { id: "settings", label: "Settings" },
] as const;

export function SidePanels() {
  const skill = selectedSkill.value;
  const entry = selectedEntry.value;
  return (
    <TabPanel
      label="What to do with the skill"
      tabs={tabs}
      current={rightPanel.value}
      onSelect={(id) => (rightPanel.value = id)}
    >
      {!skill ? (
        <Empty icon="puzzle" title="Pick a skill">
          <button type="button" class="button narrow-only" onClick={() => show("skills")}>
            Show the skills
          </button>
        </Empty>
      ) : rightPanel.value === "help" ? (
        <HelpPanel key={skill.id} skill={skill} />
      ) : rightPanel.value === "settings" ? (
        <SettingsPanel key={skill.id} skill={skill} />
      ) : entry ? (
        <RunPanel key={entry.name} entry={entry} />
      ) : (
        <Empty icon="alert" title={skill.state === "off" ? `${skill.name} is switched off` : "Not loaded"}>
          <p>{skill.problem?.message ?? "Switch it on in its menu to run it."}</p>
          <button type="button" class="button" onClick={() => show("edit")}>
            <Icon name="edit" /> Open its files
          </button>
        </Empty>
      )}
    </TabPanel>
  );
}

import { useEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "../parts/icon.tsx";
import { asPackage } from "../parts/package-zip.ts";
import { saveFile } from "../parts/save-file.ts";
import { databases, refreshDatabases, selectDatabaseOf } from "../state/databases.ts";
import { closeBelow } from "../state/editor.ts";
import { runtime } from "../state/engine.ts";
import { files } from "../state/files.ts";
import {
  installSample,
  refreshLibrary,
  resetQuestion,
  type SkillView,
  samples,
  selectSkill,
  skillsDir,
} from "../state/library.ts";
import { attempt, notify } from "../state/notice.ts";
import { rightPanel, show } from "../state/view.ts";

interface Action {
  readonly label: string;
  readonly icon: IconName;
  readonly run: () => Promise<void>;
  readonly danger?: boolean;
}

export function SkillMenu({ skill }: { readonly skill: SkillView }) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    place.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
    const outside = (event: Event) => {
      if (!place.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);
  const close = () => {
    setOpen(false);
    place.current?.querySelector<HTMLElement>("button")?.focus();
  };
  return (
    <div class="menu-place" ref={place}>
      <button
        type="button"
        class="icon-button small"
        aria-label={`Actions for ${skill.name}`}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="dots" />
      </button>
      {open && (
        <div class="menu" role="menu" tabIndex={-1} onKeyDown={(event) => onMenuKey(event, close)}>
          {actionsOf(skill).map(({ label, icon, run, danger }) => (
            <button
              key={label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              class={danger ? "danger" : ""}
              onClick={() => {
                close();
                void attempt(run);
              }}
            >
              <Icon name={icon} />
              {label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function onMenuKey(event: KeyboardEvent, close: () => void): void {
  if (event.key === "Escape" || event.key === "Tab") close();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const items = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[role="menuitem"]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + step + items.length) % items.length]?.focus();
}

function actionsOf(skill: SkillView): Action[] {
  const dir = `${skillsDir}/${skill.id}`;
  const sample = samples.value.find((each) => each.id === skill.id);
  const afterwards = async (text: string) => {
    await refreshLibrary();
    await files.refresh();
    notify("good", text);
  };
  const panel = (name: "help" | "settings") => async () => {
    selectSkill(skill.id);
    rightPanel.value = name;
    show("run");
  };
  if (databases.value === undefined) void attempt(refreshDatabases);
  const data: Action[] = databases.value?.some(({ skillId }) => skillId === skill.id)
    ? [
        {
          label: "Data",
          icon: "database",
          run: async () => {
            selectDatabaseOf(skill.id);
            show("data");
          },
        },
      ]
    : [];
  const toggle: Action =
    skill.state === "off"
      ? {
          label: "Switch on",
          icon: "check",
          run: async () => {
            await runtime().skills.enable(skill.id);
            await afterwards(`${skill.name} is on`);
          },
        }
      : {
          label: "Switch off",
          icon: "stop",
          run: async () => {
            await runtime().skills.disable(skill.id, "switched off in the playground");
            await afterwards(`${skill.name} is off`);
          },
        };
  const reset: Action[] = sample
    ? [
        {
          label: "Reset to the sample",
          icon: "refresh",
          run: async () => {
            if (!confirm(resetQuestion(skill.name))) return;
            closeBelow(dir);
            await installSample(sample);
            await afterwards(`${skill.name} is as it was`);
          },
        },
      ]
    : [];
  return [
    { label: "Help", icon: "book", run: panel("help") },
    { label: "Settings", icon: "sliders", run: panel("settings") },
    ...data,
    toggle,
    {
      label: "Download as zip",
      icon: "download",
      run: async () => saveFile(`${skill.id}.zip`, asPackage(skill.id, await runtime().fs.exportZip(dir))),
    },
    ...reset,
    {
      label: "Remove",
      icon: "trash",
      danger: true,
      run: async () => {
        if (!confirm(`Remove ${skill.name}? Its code goes; what it saved, databases too, stays.`)) return;
        closeBelow(dir);
        await runtime().skills.uninstall(skill.id);
        await afterwards(`${skill.name} was removed`);
      },
    },
  ];
}

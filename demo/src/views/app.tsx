import { useEffect } from "preact/hooks";
import { engine } from "../state/engine.ts";
import { files } from "../state/files.ts";
import { library, openLibrary } from "../state/library.ts";
import { attempt } from "../state/notice.ts";
import { centerPanel, logOpen, show, sidePanel, type View, view } from "../state/view.ts";
import { AddSkill } from "./add-skill.tsx";
import { BottomNav } from "./bottom-nav.tsx";
import { Editor } from "./editor.tsx";
import { FileTree } from "./file-tree.tsx";
import { Header } from "./header.tsx";
import { NoticeBar } from "./notice-bar.tsx";
import { DataPanel } from "./panels/data-panel.tsx";
import { LogPanel } from "./panels/log-panel.tsx";
import { SidePanels } from "./panels/side-panels.tsx";
import { TerminalPanel } from "./panels/terminal-panel.tsx";
import { SkillList } from "./skill-list.tsx";
import { StartFailure, Starting } from "./start.tsx";

export function App() {
  const state = engine.value;
  useEffect(() => {
    if (state.kind !== "ready") return;
    void attempt(async () => {
      await openLibrary();
      await files.refresh();
    });
  }, [state]);
  return (
    <div class="app" data-view={view.value satisfies View} data-log={logOpen.value ? "open" : "closed"}>
      <a class="skip" href="#main">
        Skip to the editor
      </a>
      <Header />
      {state.kind === "failed" ? (
        <StartFailure error={state.error} />
      ) : state.kind === "starting" || library.value === undefined ? (
        <Starting />
      ) : (
        <Workspace />
      )}
      <AddSkill />
      <NoticeBar />
    </div>
  );
}

function Workspace() {
  return (
    <>
      <aside class="side" aria-label="Skills and files">
        <nav class="segmented" aria-label="What the side shows">
          {(["skills", "files"] as const).map((panel) => (
            <button key={panel} type="button" aria-pressed={sidePanel.value === panel} onClick={() => show(panel)}>
              {panel === "skills" ? "Skills" : "Files"}
            </button>
          ))}
        </nav>
        {sidePanel.value === "skills" ? <SkillList /> : <FileTree />}
      </aside>
      <main id="main" class="center" tabIndex={-1}>
        <nav class="segmented" aria-label="What the middle shows">
          {(["edit", "data", "terminal"] as const).map((panel) => (
            <button key={panel} type="button" aria-pressed={centerPanel.value === panel} onClick={() => show(panel)}>
              {{ edit: "Code", data: "Data", terminal: "Terminal" }[panel]}
            </button>
          ))}
        </nav>
        {centerPanel.value === "edit" ? <Editor /> : centerPanel.value === "data" ? <DataPanel /> : <TerminalPanel />}
      </main>
      <LogPanel />
      <section class="right" aria-label="Run, help and settings">
        <SidePanels />
      </section>
      <BottomNav />
    </>
  );
}

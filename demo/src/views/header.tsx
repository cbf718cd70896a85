import { Icon } from "../parts/icon.tsx";
import { engine } from "../state/engine.ts";
import { selectedEntryName } from "../state/library.ts";
import { running } from "../state/run.ts";
import { theme, toggleTheme } from "../state/theme.ts";
import { rightPanel } from "../state/view.ts";

export function Header() {
  const next = theme.value === "dark" ? "light" : "dark";
  return (
    <header class="header">
      <div class="brand">
        <span class="brand-mark">
          <Icon name="moon" />
        </span>
        <span>
          LuaSkills <span class="brand-sub">playground</span>
        </span>
      </div>
      <EngineStatus />
      <StopElsewhere />
      <button type="button" class="icon-button" onClick={toggleTheme} aria-label={`Switch to the ${next} theme`}>
        <Icon name={theme.value === "dark" ? "sun" : "moon"} />
      </button>
    </header>
  );
}

/** What runs can be stopped wherever one is; beside its own form the button is there. */
function StopElsewhere() {
  const busy = running.value;
  if (!busy) return null;
  const beside = busy.entry === selectedEntryName.value && rightPanel.value === "run";
  return (
    <button type="button" class={`button stop stop-elsewhere ${beside ? "beside" : ""}`} onClick={busy.stop}>
      <Icon name="stop" /> Stop <span class="stop-name">{busy.entry}</span>
    </button>
  );
}

function EngineStatus() {
  const state = engine.value;
  if (state.kind === "starting") return <p class="status">Starting…</p>;
  if (state.kind === "failed") return <p class="status bad">Not running</p>;
  const { waiting, metered, storage } = state.runtime.capabilities;
  const facts = [
    storage.durable ? "Saved in this browser" : "Memory only",
    waiting === "J" ? "JSPI" : "yielding",
    metered ? "metered" : "hook",
  ];
  return (
    <p class="status good" title="Storage, how Lua waits for the page, and how its time is limited">
      {facts.map((fact, i) => (
        <span key={fact} class={i > 0 ? "wide-only" : ""}>
          {fact}
        </span>
      ))}
    </p>
  );
}

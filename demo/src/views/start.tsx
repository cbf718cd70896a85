import type { LuaSkillsError } from "luaskills-wasm";
import { Icon } from "../parts/icon.tsx";
import { startEngine } from "../state/engine.ts";

export function Starting() {
  return (
    <main id="main" class="start" aria-busy="true">
      <div class="start-card">
        <span class="moon-spinner" aria-hidden="true" />
        <h1>Booting Lua</h1>
        <p>The engine, its files and the sample skills load into this tab. Nothing leaves it.</p>
      </div>
    </main>
  );
}

const advice: Partial<Record<LuaSkillsError["code"], { readonly title: string; readonly text: string }>> = {
  storage_in_use: {
    title: "In use",
    text: "Another tab keeps the playground's files for itself and does not answer. Close it and try again, or work on a separate copy in memory.",
  },
  options_differ: {
    title: "Another tab runs it differently",
    text: "A tab that is open runs the playground with other settings, as after pairing a bridge. Reload that tab, or close it, and try again.",
  },
  storage_unavailable: {
    title: "No storage here",
    text: "This browser does not let the page keep data, as in some private windows. You can work in memory; a reload then starts afresh.",
  },
  worker_unavailable: {
    title: "The engine did not load",
    text: "One of the files of the playground is missing or blocked.",
  },
};

export function StartFailure({ error }: { readonly error: LuaSkillsError }) {
  const { title, text } = advice[error.code] ?? { title: "The engine did not start", text: "" };
  return (
    <main id="main" class="start">
      <div class="start-card" role="alert">
        <span class="start-alert">
          <Icon name="alert" />
        </span>
        <h1>{title}</h1>
        <p>{text}</p>
        <p class="start-detail">
          <code>{error.code}</code> {error.message}
        </p>
        <div class="row center-row">
          <button type="button" class="button primary" onClick={() => void startEngine()}>
            Try again
          </button>
          {/^(storage|options)_/.test(error.code) && (
            <button type="button" class="button" onClick={() => void startEngine({ inMemory: true })}>
              Work in memory
            </button>
          )}
        </div>
      </div>
    </main>
  );
}

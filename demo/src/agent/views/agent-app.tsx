import { useSignal } from "@preact/signals";
import { Icon } from "../../parts/icon.tsx";
import { saveFile } from "../../parts/save-file.ts";
import { exportTrace, failure, play, reset, say, status, stop } from "../state/session.ts";
import { addItem, items } from "../state/timeline.ts";
import { SettingsPanel } from "./settings-panel.tsx";
import { Step } from "./step.tsx";

export function AgentApp() {
  return (
    <div class="agent">
      <header class="agent-header">
        <Icon name="moon" />
        <h1>An agent in a tab</h1>
        <a href="./index.html">Playground</a>
      </header>
      <main class="agent-main">
        <SettingsPanel />
        <section class="agent-talk" aria-label="Conversation">
          <Timeline />
          <Composer />
        </section>
      </main>
    </div>
  );
}

function Timeline() {
  if (status.value === "failed") return <p class="agent-error">The engine did not start: {failure.value}</p>;
  if (items.value.length === 0) {
    return (
      <p class="agent-hint">
        Say something. Every step the agent takes is shown here, and nothing leaves this tab unless you choose an
        endpoint.
      </p>
    );
  }
  return (
    <ol class="agent-steps" aria-live="polite">
      {items.value.map((item, i) => (
        <li key={item.kind === "tool" ? item.id : i}>
          <Step item={item} />
        </li>
      ))}
    </ol>
  );
}

function Composer() {
  const text = useSignal("");
  const busy = status.value === "working" || status.value === "replaying";
  const send = async (event: Event) => {
    event.preventDefault();
    const said = text.value.trim();
    if (said === "" || status.value !== "ready") return;
    text.value = "";
    await say(said);
  };
  return (
    <form class="agent-composer" onSubmit={send}>
      <label class="agent-label" for="said">
        Your message
      </label>
      <textarea
        id="said"
        rows={2}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <div class="agent-actions">
        <button type="submit" class="agent-primary" disabled={status.value !== "ready"}>
          {status.value === "starting" ? "Starting…" : "Send"}
        </button>
        <button type="button" disabled={!busy} onClick={() => void stop()}>
          Stop
        </button>
        <button type="button" disabled={busy} onClick={() => void reset()}>
          New conversation
        </button>
        <button
          type="button"
          disabled={busy || items.value.length === 0}
          onClick={() => saveFile("trace.json", new TextEncoder().encode(JSON.stringify(exportTrace(), null, 2)))}
        >
          Export trace
        </button>
        <label class="agent-file">
          Replay a trace
          <input type="file" accept="application/json" disabled={busy} onChange={(event) => void replayFile(event)} />
        </label>
      </div>
    </form>
  );
}

async function replayFile(event: Event & { readonly currentTarget: HTMLInputElement }): Promise<void> {
  const input = event.currentTarget;
  const [file] = input.files ?? [];
  input.value = "";
  if (!file) return;
  try {
    await play(JSON.parse(await file.text()));
  } catch (thrown) {
    addItem({ kind: "error", text: `This is no trace: ${thrown instanceof Error ? thrown.message : String(thrown)}` });
  }
}

import { entries, reset, status } from "../state/session.ts";
import { endpoint, modelKind, type Rule, ruleOf, setRule } from "../state/settings.ts";

export function SettingsPanel() {
  return (
    <aside class="agent-settings" aria-label="Settings">
      <h2>Model</h2>
      <ModelChoice />
      <h2>Tools</h2>
      <ul class="agent-tools">
        {["run_lua", ...entries.value.map(({ name }) => name)].map((name) => (
          <li key={name}>
            <label>
              <code>{name}</code>
              <select
                value={ruleOf(name)}
                aria-label={`What happens when ${name} is called`}
                onChange={(event) => setRule(name, event.currentTarget.value as Rule)}
              >
                <option value="allow">allow</option>
                <option value="ask">ask</option>
                <option value="deny">deny</option>
              </select>
            </label>
          </li>
        ))}
      </ul>
    </aside>
  );
}

function ModelChoice() {
  const busy = status.value === "working" || status.value === "replaying";
  const choose = (kind: "demo" | "endpoint") => {
    modelKind.value = kind;
    void reset();
  };
  return (
    <fieldset disabled={busy}>
      <label>
        <input type="radio" name="model" checked={modelKind.value === "demo"} onChange={() => choose("demo")} />
        Scripted: needs nothing
      </label>
      <label>
        <input type="radio" name="model" checked={modelKind.value === "endpoint"} onChange={() => choose("endpoint")} />
        An OpenAI-compatible endpoint
      </label>
      {modelKind.value === "endpoint" && <EndpointFields />}
    </fieldset>
  );
}

function EndpointFields() {
  const set = (name: "baseUrl" | "model" | "key") => (event: Event & { readonly currentTarget: HTMLInputElement }) => {
    endpoint.value = { ...endpoint.value, [name]: event.currentTarget.value };
  };
  const { baseUrl, model, key } = endpoint.value;
  return (
    <>
      <label>
        Address
        <input type="url" placeholder="https://host/v1" value={baseUrl} onInput={set("baseUrl")} />
      </label>
      <label>
        Model
        <input type="text" autocomplete="off" value={model} onInput={set("model")} />
      </label>
      <label>
        Key
        <input type="password" autocomplete="off" value={key} onInput={set("key")} />
      </label>
      <p class="agent-hint">The key stays in this tab's memory and goes to that address only.</p>
    </>
  );
}

import type { BridgeStatus } from "luaskills-wasm";
import { useEffect } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { bridge, bridgeLog, connect, defaultAddress, forget, pairWith } from "../../state/bridge.ts";

/** Programs of this machine: pairing, what the bridge allows, and what it does. */
export function BridgePanel() {
  const state = bridge.value;
  useEffect(() => {
    if (bridge.value.kind === "none") void connect();
  }, []);
  if (state.kind === "none") return <Pairing />;
  return (
    <div class="bridge">
      <p class={`status ${state.kind === "connected" ? "good" : state.kind === "lost" ? "bad" : ""}`} role="status">
        {state.kind === "connected" ? "Connected" : state.kind === "lost" ? "Not connected" : "Connecting…"} ·{" "}
        {state.url}
      </p>
      {state.kind === "lost" && <p>{state.why}</p>}
      {state.kind === "connected" && <Allowed status={state.status} />}
      <p class="bridge-actions">
        {state.kind === "lost" && (
          <button type="button" class="button" onClick={() => void connect()}>
            <Icon name="refresh" /> Connect again
          </button>
        )}
        <button type="button" class="button" onClick={() => void forget()}>
          <Icon name="trash" /> Forget this bridge
        </button>
      </p>
      <Log />
    </div>
  );
}

function Pairing() {
  const { origin } = location;
  return (
    <form
      class="bridge"
      onSubmit={(event) => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        void pairWith(String(data.get("url")), String(data.get("code")));
      }}
    >
      <p>
        Skills run programs in the embedded shell. To run real ones, start the bridge on this machine and name what it
        may run:
      </p>
      <pre class="bridge-command">{`npx luaskills-wasm bridge --origin ${origin} --allow git`}</pre>
      <label for="bridge-url">Address</label>
      <input id="bridge-url" name="url" type="url" required value={defaultAddress} autocomplete="off" />
      <label for="bridge-code">Pairing code</label>
      <input id="bridge-code" name="code" required placeholder="XXXX-XXXX" autocomplete="off" spellcheck={false} />
      <p class="bridge-actions">
        <button type="submit" class="button primary">
          Pair
        </button>
      </p>
      <p class="muted">Your browser may ask whether this page may reach other devices: that is the bridge.</p>
    </form>
  );
}

function Allowed({ status }: { readonly status: BridgeStatus }) {
  const rows = [
    { name: "Programs", values: status.programs, flag: "--allow" },
    { name: "Shells", values: status.shells, flag: "--allow sh" },
    { name: "Libraries", values: status.libraries, flag: "--library" },
    { name: "Mounts", values: status.mounts.map(({ path, access }) => `${path} (${access})`), flag: "--mount" },
  ];
  return (
    <dl class="bridge-allowed">
      <dt>Machine</dt>
      <dd>
        {status.os} {status.arch}, bridge {status.version}
      </dd>
      {rows.map(({ name, values, flag }) => (
        <>
          <dt>{name}</dt>
          <dd class={values.length === 0 ? "muted" : ""}>
            {values.length === 0 ? `none (${flag})` : values.join(", ")}
          </dd>
        </>
      ))}
    </dl>
  );
}

function Log() {
  const lines = bridgeLog.value;
  if (lines.length === 0) return <p class="muted">What skills run on this machine is listed here.</p>;
  return (
    <ol class="log-lines" aria-label="Log of the bridge">
      {lines.map(({ id, at, event, text }) => (
        <li key={id} class={`log-line ${event === "refuse" ? "error" : ""}`}>
          <time>{at}</time>
          <span class="log-kind">{event}</span>
          <span>{text}</span>
        </li>
      ))}
    </ol>
  );
}

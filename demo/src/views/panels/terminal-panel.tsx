import { useEffect, useRef } from "preact/hooks";
import { Tabs } from "../../parts/tabs.tsx";
import { attempt } from "../../state/notice.ts";
import { theme } from "../../state/theme.ts";
import { terminalTab } from "../../state/view.ts";
import { BridgePanel } from "./bridge-panel.tsx";

const tabs = [
  { id: "shell", label: "Shell" },
  { id: "bridge", label: "Bridge" },
] as const;

export function TerminalPanel() {
  return (
    <div class="card panel">
      <Tabs
        label="Where programs run"
        tabs={tabs}
        current={terminalTab.value}
        onSelect={(id) => (terminalTab.value = id)}
      />
      <div class="panel-body terminal-body" role="tabpanel" aria-label={terminalTab.value}>
        {terminalTab.value === "shell" ? <Shell key={theme.value} /> : <BridgePanel />}
      </div>
    </div>
  );
}

function Shell() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let close: (() => void) | undefined;
    let gone = false;
    void attempt(async () => {
      const { openTerminal } = await import("../shell-terminal.ts");
      if (place.current && !gone) close = openTerminal(place.current, getComputedStyle(place.current));
    });
    return () => {
      gone = true;
      close?.();
    };
  }, []);
  return <div class="terminal" ref={place} />;
}

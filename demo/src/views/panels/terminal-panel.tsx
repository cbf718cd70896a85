import { useEffect, useRef } from "preact/hooks";
import { TabPanel } from "../../parts/tab-panel.tsx";
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
    <TabPanel
      label="Where programs run"
      tabs={tabs}
      current={terminalTab.value}
      onSelect={(id) => (terminalTab.value = id)}
      class="terminal-body"
    >
      {terminalTab.value === "shell" ? <Shell key={theme.value} /> : <BridgePanel />}
    </TabPanel>
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

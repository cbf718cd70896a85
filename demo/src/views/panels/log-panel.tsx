import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { type LogLine, logLines } from "../../state/log.ts";
import { logOpen } from "../../state/view.ts";

export function LogPanel() {
  const lines = logLines.value;
  const end = useRef<HTMLLIElement>(null);
  const open = logOpen.value;
  useEffect(() => {
    if (open) end.current?.scrollIntoView({ block: "nearest" });
  }, [open, lines]);
  const last = lines.at(-1);
  return (
    <section class={`card log ${open ? "open" : ""}`} aria-label="Log">
      <div class="bar log-bar">
        <button type="button" class="log-toggle" aria-expanded={open} onClick={() => (logOpen.value = !open)}>
          <Icon name="terminal" />
          Log
          <span class="count">{lines.length}</span>
          {!open && last && <span class={`log-last ${last.kind}`}>{last.text}</span>}
        </button>
        {open && (
          <button type="button" class="button" disabled={lines.length === 0} onClick={() => (logLines.value = [])}>
            Clear
          </button>
        )}
      </div>
      {open && (
        <ol class="log-lines">
          {lines.length === 0 && <li class="muted">Nothing yet. Skills write here with vulcan.runtime.log.</li>}
          {lines.map((line, i) => (
            <li key={line.id} class={`log-line ${line.kind}`} ref={i === lines.length - 1 ? end : undefined}>
              <time>{clock(line)}</time>
              <span class="log-kind">{line.kind}</span>
              <span>{line.text}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function clock({ at }: LogLine): string {
  return at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

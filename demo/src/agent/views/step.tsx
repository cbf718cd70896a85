import { questions } from "../state/approvals.ts";
import type { Item, ToolItem } from "../state/timeline.ts";

export function Step({ item }: { readonly item: Item }) {
  if (item.kind === "tool") return <ToolStep item={item} />;
  return <p class={`agent-step agent-${item.kind}`}>{item.text}</p>;
}

const words = { running: "running", asking: "waits for you", done: "done", failed: "failed" };

function ToolStep({ item }: { readonly item: ToolItem }) {
  const question = questions.value.find(({ id }) => id === item.id);
  return (
    <div class={`agent-step agent-tool agent-${item.state}`}>
      <p class="agent-tool-head">
        <code>{item.name}</code> <span class="agent-state">{question ? words.asking : words[item.state]}</span>
      </p>
      <pre class="mono">{readable(item.args)}</pre>
      {question && (
        <p class="agent-question">
          May it run?
          <button type="button" class="agent-primary" onClick={() => question.answer(true)}>
            Allow
          </button>
          <button type="button" onClick={() => question.answer(false)}>
            Refuse
          </button>
        </p>
      )}
      {item.result !== undefined && <pre class="mono agent-result">{item.result}</pre>}
    </div>
  );
}

/** Code is shown as code, the rest as JSON. */
function readable(args: string): string {
  try {
    const value = JSON.parse(args) as { code?: unknown };
    return typeof value.code === "string" ? value.code : JSON.stringify(value, null, 2);
  } catch {
    return args;
  }
}

import { useState } from "preact/hooks";
import { Markdown } from "../parts/markdown.tsx";
import { sizeText } from "../parts/size.ts";
import { Tabs } from "../parts/tabs.tsx";
import type { Outcome } from "../state/run.ts";
import { ErrorView } from "./error-view.tsx";

const tabs = [
  { id: "page", label: "Rendered" },
  { id: "text", label: "Text" },
  { id: "json", label: "Whole result" },
] as const;

export function OutcomeView({ outcome }: { readonly outcome: Outcome }) {
  const [shown, setShown] = useState<(typeof tabs)[number]["id"]>("page");
  if (outcome.kind === "error") return <ErrorView error={outcome.error} />;
  const { result, ms } = outcome;
  return (
    <section class="outcome" aria-label="Result">
      <div class="outcome-head">
        <Tabs label="How to show the result" tabs={tabs} current={shown} onSelect={setShown} />
        <p class="facts">
          {ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms · {sizeText(result.contentBytes)}
          {result.overflowMode ? ` · ${result.overflowMode}` : ""}
        </p>
      </div>
      {shown === "page" &&
        (result.content === "" ? (
          <p class="muted">The entry returned an empty text.</p>
        ) : (
          <Markdown text={result.content} />
        ))}
      {shown === "text" && <pre class="output">{result.content}</pre>}
      {shown === "json" && <pre class="output">{JSON.stringify(result, null, 2)}</pre>}
    </section>
  );
}

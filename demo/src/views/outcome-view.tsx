import { useState } from "preact/hooks";
import { beginningOf, shownCharacters } from "../parts/budget.ts";
import { Markdown } from "../parts/markdown.tsx";
import { saveFile } from "../parts/save-file.ts";
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
  const [limit, setLimit] = useState(shownCharacters);
  if (outcome.kind === "error") return <ErrorView error={outcome.error} />;
  const { result, ms } = outcome;
  const content = beginningOf(result.content, limit);
  const left = result.content.length - content.length;
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
        (result.content === "" ? <p class="muted">The entry returned an empty text.</p> : <Markdown text={content} />)}
      {shown === "text" && <pre class="output">{content}</pre>}
      {shown === "json" && <pre class="output">{JSON.stringify({ ...result, content }, null, 2)}</pre>}
      {left > 0 && (
        <p class="row rest">
          <span class="muted">
            {sizeText(content.length)} of {sizeText(result.contentBytes)} are shown.
          </span>
          <button type="button" class="button" onClick={() => setLimit(limit + shownCharacters)}>
            Show more
          </button>
          <button
            type="button"
            class="button"
            onClick={() => saveFile(`${outcome.entry}.txt`, new TextEncoder().encode(result.content))}
          >
            Download
          </button>
        </p>
      )}
    </section>
  );
}

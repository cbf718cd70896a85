import type { Json } from "luaskills-wasm";
import { useEffect, useState } from "preact/hooks";
import { Empty } from "../../parts/empty.tsx";
import { Markdown } from "../../parts/markdown.tsx";
import { runtime } from "../../state/engine.ts";
import type { SkillView } from "../../state/library.ts";

interface Flow {
  readonly flow_name: string;
  readonly description: string;
}

type Page = { readonly content: string } | { readonly error: string };

/** The help tree of a skill; pages may be Lua, so asking for one runs it. */
export function HelpPanel({ skill }: { readonly skill: SkillView }) {
  const [flows, setFlows] = useState<readonly Flow[]>([]);
  const [flow, setFlow] = useState("main");
  const [page, setPage] = useState<Page | undefined>(undefined);
  useEffect(() => {
    void flowsOf(skill.id).then(setFlows);
  }, [skill]);
  useEffect(() => {
    setPage(undefined);
    void pageOf(skill.id, flow).then(setPage);
  }, [skill, flow]);
  if (skill.state !== "ready") return <Empty icon="book" title="Help comes with a loaded skill" />;
  return (
    <>
      <label class="field" for="help-flow">
        <span class="visually-hidden">Page</span>
        <select id="help-flow" value={flow} onInput={(event) => setFlow(event.currentTarget.value)}>
          {flows.map(({ flow_name, description }) => (
            <option key={flow_name} value={flow_name}>
              {description ? `${flow_name} — ${description}` : flow_name}
            </option>
          ))}
        </select>
      </label>
      {page === undefined && <p class="muted">Loading…</p>}
      {page && "content" in page && <Markdown text={page.content} />}
      {page && "error" in page && <p class="field-error">{page.error}</p>}
    </>
  );
}

async function flowsOf(skillId: string): Promise<readonly Flow[]> {
  const trees = (await runtime().help()) as unknown as Array<{ skill_id: string; main: Flow; flows: Flow[] }>;
  const tree = trees.find((each) => each.skill_id === skillId);
  return tree ? [tree.main, ...tree.flows] : [];
}

async function pageOf(skillId: string, flow: string): Promise<Page> {
  try {
    const detail = (await runtime().help(skillId, flow)) as { [key: string]: Json } | null;
    return { content: typeof detail?.content === "string" ? detail.content : "" };
  } catch (thrown) {
    return { error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

// The agent of the browser: Chromium's own `document.modelContext`, which it has behind a flag.
import assert from "node:assert/strict";
import type { Scenario, ScenarioContext } from "../scenario.ts";

const skill = {
  "hi/skill.yaml": `name: hi
version: 1.0.0
entries:
  - name: say
    description: Says hi.
    lua_entry: runtime/say.lua
    lua_module: hi.say
    parameters: [{ name: who, type: string, description: Whom., required: true }]
  - { name: forever, description: Never ends., lua_entry: runtime/forever.lua, lua_module: hi.forever }
`,
  "hi/runtime/say.lua": "return function(args) return 'hi ' .. args.who end",
  "hi/runtime/forever.lua": "return function() vulcan.runtime.progress(1) while true do end end",
};

/** Runs in the page; the tools of `document.modelContext` are what an agent sees. */
const asAgent = `(async () => {
  const { createRuntime } = await import("/dist/index.js");
  const { webMcp } = await import("/dist/webmcp.js");
  const runtime = await createRuntime({ storage: "memory", skills: ${JSON.stringify(skill)} });
  const refused = [];
  const offered = webMcp(runtime, { experimental: true, onError: (error) => refused.push(String(error)) });
  const { modelContext } = document;
  const tools = async (count) => {
    for (;;) {
      const found = await modelContext.getTools();
      if (found.length === count) return found;
      await new Promise((changed) => modelContext.addEventListener("toolchange", changed, { once: true }));
    }
  };
  const list = await tools(2);
  const run = async (name, args, options) =>
    JSON.parse(await modelContext.executeTool(list.find((tool) => tool.name === name), args, options));
  const said = await run("hi-say", { who: "Ada" });
  const wrong = await run("hi-say", { who: 7 });
  const stop = new AbortController();
  runtime.on("callProgress", () => stop.abort());
  const stopped = await run("hi-forever", {}, { signal: stop.signal }).catch((error) => error.name);
  const after = await run("hi-say", { who: "Bob" });
  await runtime.skills.disable("hi");
  const disabled = (await tools(0)).length;
  await runtime.skills.enable("hi");
  await tools(2);
  offered.close();
  await tools(0);
  await runtime.close();
  const { title, description, inputSchema } = list.find(({ name }) => name === "hi-say");
  return { supported: offered.supported, refused, tool: { title, description, inputSchema }, said, wrong, stopped, after, disabled };
})()`;

async function webMcpOfTheBrowser({ launch, openBlank }: ScenarioContext): Promise<void> {
  // The page's console tells of the tool that was stopped.
  const tab = await launch({ features: ["WebMCP"], onPageError: () => undefined });
  await openBlank(tab);
  const text = (value: string) => ({ content: [{ type: "text", text: value }] });
  const { wrong, ...rest } = (await tab.evaluate(asAgent)) as { wrong: { isError: boolean; content: unknown } };
  assert.deepEqual(rest, {
    supported: true,
    refused: [],
    tool: {
      title: "hi: say",
      description: "Says hi.",
      inputSchema: {
        type: "object",
        properties: { who: { type: "string", description: "Whom." } },
        required: ["who"],
      },
    },
    said: text("hi Ada"),
    stopped: "AbortError",
    after: text("hi Bob"),
    disabled: 0,
  });
  assert.equal(wrong.isError, true);
  assert.match(JSON.stringify(wrong.content), /who: expected string, got number 7/);
}

export const scenarios: readonly Scenario[] = [
  { name: "entries are tools of the browser's own agent (WebMCP)", engines: ["chromium"], run: webMcpOfTheBrowser },
];

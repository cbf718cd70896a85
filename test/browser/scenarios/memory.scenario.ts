// A tab that is open all day: what a call or a run of an agent takes is given back when it is over, in the page and in the worker.
import assert from "node:assert/strict";
import type { HeapReading, Tab } from "../engines/engine.ts";
import type { Scenario, ScenarioContext } from "../scenario.ts";

const entries: Readonly<Record<string, string>> = {
  echo: "return function(args) print(args.text) return args.text end",
  tool: "return function() return tostring(vulcan.host.call('add', { a = 1, b = 2 })) end",
  wait: "return function() return vulcan.host.call('never', {}) end",
  loop: "return function() while true do end end",
  deep: "local function f(n) while true do if n > 0 then pcall(f, n - 1) end end end return function() f(100) end",
  full: "return function() local t = {} while true do t[#t + 1] = ('x'):rep(2^16) .. #t end end",
  fail: "return function() error('no') end",
};

/** Expressions over `runtime`, `agent`, `fails`, and a `signal` that lives as long as the page. */
const uses: Readonly<Record<string, string>> = {
  "a call": `runtime.call("t-echo", { text: "x" })`,
  "a call under a signal": `runtime.call("t-echo", { text: "x" }, { signal, onProgress() {} })`,
  "a streamed call": `(async () => { for await (const _ of runtime.stream("t-echo", { text: "x" }, { signal })); })()`,
  "a call of a host tool": `runtime.call("t-tool", {}, { signal })`,
  "a run of Lua with modules": `runtime.runLua("require('time').sleep(0) return require('json').encode({ args.n })", { n: 1 }, { signal })`,
  "a call past its time": `fails(runtime.call("t-loop", {}, { timeoutMs: 2, signal }))`,
  "a deep call past its time": `fails(runtime.call("t-deep", {}, { timeoutMs: 2, signal }))`,
  "a wait past its time": `fails(runtime.call("t-wait", {}, { timeoutMs: 2, signal }))`,
  "an aborted call": `fails(runtime.call("t-loop", {}, { signal: AbortSignal.timeout(2) }))`,
  "an aborted wait": `fails(runtime.call("t-wait", {}, { signal: AbortSignal.timeout(2) }))`,
  "a call without memory": `fails(runtime.call("t-full", {}, { signal }))`,
  "a call that fails": `fails(runtime.call("t-fail", {}, { signal }))`,
  "a run of an agent": "agent()",
};

const manifest = Object.keys(entries).map(
  (name) => `  - { name: ${name}, lua_entry: runtime/${name}.lua, lua_module: t.${name} }\n`,
);
const files = {
  "skill.yaml": `name: t\nversion: 1.0.0\nentries:\n${manifest.join("")}`,
  ...Object.fromEntries(Object.entries(entries).map(([name, source]) => [`runtime/${name}.lua`, source])),
};

const prepare = `(async () => {
  const [{ createRuntime }, { createGenx, scripted }] = await Promise.all([import("/dist/index.js"), import("/dist/genx.js")]);
  const steps = Array.from({ length: 10 }, (_, n) => ({ tool: "double", args: { n } }));
  const genx = createGenx({ models: { default: scripted([...steps, "done"], { loop: true }) } });
  const runtime = await createRuntime({
    storage: { kind: "memory" },
    // A busy machine hears late; a worker that was replaced for that would have nothing left, either.
    limits: { vmMemoryBytes: 8 * 2 ** 20, stopGraceMs: 60_000 },
    hostTools: {
      add: async ({ a, b }) => a + b,
      never: (_args, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    },
    modules: ["json", "time", "genx"],
    grants: { "*": ["json", "time", "genx"] },
    commands: genx.commands,
  });
  genx.attach(runtime);
  for (const [file, text] of Object.entries(${JSON.stringify(files)})) await runtime.fs.write("/runtime/skills/t/" + file, text);
  await runtime.skills.reload();
  const lua = "function invoke(ctx, args) ctx.state.last = args.n ctx.emit({ text = 'x' }) __builtin.timeout(60000):cancel() return args.n * 2 end";
  const agent = async () => {
    const made = await genx.createAgent({ type: "react", name: "a", tools: [{ name: "double", lua }] });
    let done = 0;
    for await (const { type } of made.run("go")) if (type === "tool_done") done++;
    await made.close();
    if (done !== 10) throw new Error(done + " of 10 tools ran");
  };
  const restarts = [];
  runtime.on("restart", ({ reason }) => restarts.push(reason));
  const fails = (call) => call.then(() => { throw new Error("it did not fail"); }, () => {});
  window.parts = { runtime, agent, fails, signal: new AbortController().signal, restarts };
})()`;

const repeat = (times: number, names: readonly string[]) => `(async () => {
  const { runtime, agent, fails, signal } = window.parts;
  for (let n = 0; n < ${times}; n++) { ${names.map((name) => `await ${uses[name]};`).join("\n")} }
})()`;

/** Kinds there are more of afterwards: one more in two uses is a leak, fewer are a cache that fills. */
const grown = (before: HeapReading, after: HeapReading, times: number): string[] =>
  [...after.objects.keys()].filter(
    (kind) => (after.objects.get(kind) ?? 0) - (before.objects.get(kind) ?? 0) > times / 2,
  );

/** Kinds that each of some rounds of `times` uses leaves more of: what a round has left behind for a moment, the next one has not. */
async function leftBy(tab: Tab, names: readonly string[], times: number, rounds = 3): Promise<string[]> {
  const round = async () => {
    await tab.evaluate(repeat(times, names));
    const [page, worker] = (await tab.heaps?.()) ?? [];
    assert.ok(page && worker, "page and worker are to be read");
    return { page, worker };
  };
  let suspects: string[] | undefined;
  let before = await round();
  for (let n = 0; n < rounds && suspects?.length !== 0; n++) {
    const after = await round();
    const more = (["page", "worker"] as const).flatMap((thread) =>
      grown(before[thread], after[thread], times).map((kind) => `${thread}: ${kind}`),
    );
    suspects = suspects?.filter((kind) => more.includes(kind)) ?? more;
    before = after;
  }
  return suspects ?? [];
}

async function nothingIsLeft({ launch, openBlank }: ScenarioContext): Promise<void> {
  const tab = await launch();
  await openBlank(tab);
  await tab.evaluate(prepare);
  const all = Object.keys(uses);
  if ((await leftBy(tab, all, 24)).length > 0) {
    // Which of them it is.
    const left: Record<string, string[]> = {};
    for (const name of all) left[name] = await leftBy(tab, [name], 20);
    assert.deepEqual(left, Object.fromEntries(all.map((name) => [name, []])));
  }
  assert.deepEqual(await tab.evaluate("window.parts.restarts"), []);
}

export const scenarios: readonly Scenario[] = [
  { name: "calls and agents leave nothing behind", engines: ["chromium"], timeoutMs: 240_000, run: nothingIsLeft },
];

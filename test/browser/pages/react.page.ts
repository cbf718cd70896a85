// The hooks of luaskills-wasm/react in a real browser, under StrictMode, with the engine in its worker.
import { act, createElement, StrictMode, useEffect } from "react";
import { createRoot } from "react-dom/client";
import {
  RuntimeProvider,
  type RuntimeState,
  type SkillState,
  useEntries,
  useFiles,
  useRuntime,
  useSkill,
} from "../../../src/adapters/react/index.ts";
import type { Runtime } from "../../../src/contract/contract.ts";
import { createRuntime } from "../../../src/platforms/page/create-runtime.ts";
import { assert, equal, test } from "../page.ts";

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const files: Record<string, string> = {
  "demo/skill.yaml": `name: demo
version: 0.1.0
entries:
  - { name: save, lua_entry: runtime/save.lua, lua_module: demo.save }
  - { name: forever, lua_entry: runtime/forever.lua, lua_module: demo.forever }
  - { name: fail, lua_entry: runtime/fail.lua, lua_module: demo.fail }
`,
  "demo/runtime/save.lua": `return function(args)
  vulcan.runtime.progress(1, 1, "saving")
  vulcan.fs.write("/runtime/notes/" .. args.name, "x")
  return "saved " .. args.name
end`,
  "demo/runtime/forever.lua": "return function() vulcan.runtime.progress(1) while true do end end",
  "demo/runtime/fail.lua": "return function() error('no') end",
};

async function install(runtime: Runtime): Promise<void> {
  for (const [path, text] of Object.entries(files)) await runtime.fs.write(`/runtime/skills/${path}`, text);
  await runtime.fs.mkdir("/runtime/notes");
  await runtime.skills.reload();
}

interface Seen {
  state: RuntimeState;
  entries: readonly string[];
  files: readonly string[];
  save: SkillState;
  forever: SkillState;
  fail: SkillState;
}

let started = 0;
let closed = 0;
async function create(): Promise<Runtime> {
  started += 1;
  // The hooks abort calls by the hundred: a worker that a busy machine lets wait is none that hangs.
  const limits = { stopGraceMs: 10_000 };
  const runtime = await createRuntime({ storage: "memory", workerUrl: "/dist/worker.js", limits });
  const close = runtime.close.bind(runtime);
  Object.assign(runtime, {
    close: () => {
      closed += 1;
      return close();
    },
  });
  return runtime;
}

let seen: Seen | undefined;
let effects = 0;

function Probe() {
  const state = useRuntime();
  const entries = useEntries("demo").map(({ name }) => name);
  const { files } = useFiles("/runtime/notes");
  const parts = { save: useSkill("demo-save"), forever: useSkill("demo-forever"), fail: useSkill("demo-fail") };
  seen = { state, entries, files, ...parts };
  useEffect(() => void effects++, []);
  return createElement("p", null, entries.join(","));
}

/** Waits for events of the page, not for a time. */
async function until(what: string, holds: (now: Seen) => boolean): Promise<Seen> {
  for (let turn = 0; turn < 2_000; turn++) {
    if (seen && holds(seen)) return seen;
    await act(() => new Promise((resolve) => setTimeout(resolve, 5)));
  }
  throw new Error(`never: ${what}; now ${JSON.stringify({ ...seen, state: seen?.state.status })}`);
}

const element = document.createElement("div");
document.body.append(element);
const root = createRoot(element);

test("a provider under StrictMode starts one runtime, and its hooks see it", async () => {
  await act(async () =>
    root.render(createElement(StrictMode, null, createElement(RuntimeProvider, { create }, createElement(Probe)))),
  );
  equal(seen?.state.status, "starting");
  const { state } = await until("ready", (now) => now.state.status === "ready");
  equal([effects, started, closed], [2, 1, 0], "effects ran twice, the runtime started once");
  equal(seen?.entries, []);
  await act(() => install(state.runtime as Runtime));
  await until("entries", (now) => now.entries.length === 3);
  equal(element.textContent, "demo-fail,demo-forever,demo-save");
});

test("a call gives result and progress, and files are read again", async () => {
  equal(seen?.files, []);
  await act(async () => void (await seen?.save.call({ name: "milk" })));
  const { save } = await until("saved", (now) => now.save.result !== undefined);
  equal(save.result?.content, "saved milk");
  equal([save.running, save.progress?.message], [false, "saving"]);
  await until("the file", (now) => now.files.length === 1);
  equal(seen?.files, ["milk"]);
});

test("of a hundred calls of one hook the last is answered, and a hundred of the runtime each get their own answer", async () => {
  const names = Array.from({ length: 100 }, (_, i) => `n${i}`);
  const ofHook = seen?.save.call;
  await act(async () => {
    const answers = await Promise.all(names.map((name) => ofHook?.({ name })));
    // Those before it are aborted, unless they had ended by then.
    for (const [i, answer] of answers.slice(0, -1).entries()) equal(answer?.content ?? `saved n${i}`, `saved n${i}`);
  });
  const { save } = await until("the last", (now) => !now.save.running);
  equal([save.error, save.result?.content], [undefined, "saved n99"]);
  const runtime = seen?.state.runtime as Runtime;
  await act(async () => {
    const answers = await Promise.all(names.map((name) => runtime.call("demo-save", { name })));
    equal(
      answers.map(({ content }) => content),
      names.map((name) => `saved ${name}`),
    );
  });
  await until("all files", (now) => names.every((name) => now.files.includes(name)));
});

test("an error is told, an abort is not one", async () => {
  await act(async () => void (await seen?.fail.call()));
  const { fail } = await until("failed", (now) => now.fail.error !== undefined);
  equal((fail.error as { code?: string }).code, "lua_error");
  await act(async () => void seen?.forever.call());
  const { forever } = await until("running", (now) => now.forever.progress !== undefined);
  equal(forever.running, true);
  await act(async () => seen?.forever.stop());
  const after = await until("stopped", (now) => !now.forever.running);
  equal(after.forever.error, undefined);
});

test("unmounting closes the runtime once, and aborts what runs", async () => {
  const call = seen?.forever.call();
  await until("running", (now) => now.forever.running);
  await act(async () => root.unmount());
  equal(await call, undefined);
  for (let turn = 0; closed === 0 && turn < 2_000; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
  equal([started, closed], [1, 1]);
});

test("a start that fails is told", async () => {
  const other = createRoot(element);
  const failing = () => Promise.reject(new Error("no storage"));
  await act(async () => other.render(createElement(RuntimeProvider, { create: failing }, createElement(Probe))));
  const { state } = await until("failed", (now) => now.state.status === "failed");
  assert(state.error instanceof Error && state.error.message === "no storage", "the error is the one of the start");
  await act(async () => other.unmount());
});

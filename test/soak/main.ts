// node scripts/run-ts.mjs test/soak/main.ts [--quick] [--agents 1000]: 10,000 sequential calls on one runtime, 500 VMs made and
// closed, 600 ended by force, 100 agents.
// Prints the memory curves; growth beyond noise fails. Last line `N passed, N failed`. dist/lua.wasm must be built.
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createGenx, scripted } from "../../src/genx/index.ts";
import { bootLua } from "../../src/lua/wasm/boot.ts";
import { createNodeRuntime } from "../../src/platforms/node/node.ts";
import { growth, printCurve, type Sample, sample } from "./memory.ts";

const { values: options } = parseArgs({ options: { quick: { type: "boolean" }, agents: { type: "string" } } });
const quick = options.quick === true;
const calls = quick ? 2000 : 10_000;
const agentRuns = Number(options.agents ?? 100);
const vmEnds = quick ? 200 : 600;
const cycles = quick ? 100 : 500;
const steps = 10;
/** Megabytes: noise of the collector. One leaked VM is 2 MB, one leaked kilobyte per call 10 MB. */
const allowed = { heap: 3, external: 4, resident: 60 };

const skill: Readonly<Record<string, string>> = {
  "skill.yaml": `name: soak
version: 1.0.0
entries:
  - name: work
    lua_entry: runtime/work.lua
    lua_module: soak.work
    parameters:
      - { name: n, type: integer, description: "any", required: true }
`,
  "runtime/work.lua": `return function(args)
  local rows = {}
  for i = 1, 20 do rows[i] = { id = i, name = "row " .. i, ok = pcall(error, "x") } end
  vulcan.fs.write("/runtime/soak.txt", vulcan.json.encode(rows))
  vulcan.cache.put(rows, 60)
  return "n=" .. args.n
end
`,
};

let passed = 0;
let failed = 0;
function judge(title: string, samples: readonly Sample[]): void {
  printCurve(title, samples);
  for (const key of ["heap", "external", "resident"] as const) {
    const grown = growth(samples, key);
    const ok = grown <= allowed[key];
    if (ok) passed++;
    else failed++;
    console.log(`${ok ? "ok" : "FAILED"} ${key} grew by ${grown.toFixed(1)} MB, allowed ${allowed[key]}`);
  }
}

/** Lua states that end in every way there is; each holds megabytes, so a leak of one in a hundred shows. */
async function endsOfVms(): Promise<void> {
  const runtime = await createNodeRuntime({ limits: { vmMemoryBytes: 12 * 2 ** 20, callTimeoutMs: 20_000 } });
  const entries = {
    loop: "return function() local keep = ('x'):rep(2^20) while true do end end",
    memory: "return function() local t = {} while true do t[#t + 1] = ('x'):rep(2^16) .. #t end end",
    files: "return function() t = {} for i = 1, 20 do t[i] = io.open('/runtime/f' .. i, 'w') end while true do end end",
    raise: "return function() error(('x'):rep(1000)) end",
  };
  const list = Object.keys(entries).map(
    (name) => `  - { name: ${name}, lua_entry: runtime/${name}.lua, lua_module: ends.${name} }\n`,
  );
  const write = (file: string, text: string) => runtime.fs.write(`/runtime/skills/ends/${file}`, text);
  await write("skill.yaml", `name: ends\nversion: 1.0.0\nentries:\n${list.join("")}`);
  for (const [name, source] of Object.entries(entries)) await write(`runtime/${name}.lua`, source);
  await runtime.skills.reload();
  const ways: ReadonlyArray<() => Promise<unknown>> = [
    () => runtime.call("ends-loop", {}, { timeoutMs: 2 }),
    () => runtime.call("ends-memory"),
    () => runtime.call("ends-files", {}, { timeoutMs: 10 }),
    () => runtime.call("ends-raise"),
    () => runtime.call("ends-loop", {}, { signal: AbortSignal.timeout(5) }),
    () => runtime.skills.reload(),
  ];
  const samples: Sample[] = [];
  // A first round for what is loaded when it is first needed.
  for (let n = -ways.length; n <= vmEnds; n++) {
    if (n >= 0 && n % (vmEnds / steps) === 0) samples.push(await sample(n));
    await ways[(n + ways.length) % ways.length]?.().catch(() => {});
  }
  await runtime.close();
  judge(`${vmEnds} Lua states ended by deadline, memory, error, abort and reload`, samples);
}

async function manyCalls(): Promise<void> {
  const runtime = await createNodeRuntime();
  for (const [file, text] of Object.entries(skill)) await runtime.fs.write(`/runtime/skills/soak/${file}`, text);
  await runtime.skills.reload();
  const samples: Sample[] = [];
  for (let n = 0; n <= calls; n++) {
    if (n % (calls / steps) === 0) samples.push(await sample(n));
    const { content } = await runtime.call("soak-work", { n });
    if (content !== `n=${n}`) throw new Error(`call ${n} gave ${content}`);
  }
  await runtime.close();
  judge(`${calls} sequential calls`, samples);
}

async function manyVms(): Promise<void> {
  const lua = await bootLua({ wasm: await readFile("dist/lua.wasm") });
  const samples: Sample[] = [];
  for (let n = 0; n <= cycles; n++) {
    if (n % (cycles / steps) === 0) samples.push(await sample(n));
    const vm = lua.createVm({
      preludes: [{ name: "=soak", source: "local host = ... answer = host.answer", functions: { answer: () => 42 } }],
    });
    const chunk = vm.compile("local t = {} for i = 1, 1000 do t[i] = tostring(i) end return answer() + #t", "=soak");
    const value = await vm.run(chunk, [], (results) => results.number(1));
    if (value !== 1042) throw new Error(`VM ${n} gave ${value}`);
    vm.close();
  }
  judge(`${cycles} VMs made and closed`, samples);
}

async function manyAgents(): Promise<void> {
  const genx = createGenx({
    models: { default: scripted([[{ tool: "double", args: { n: 2 } }], "done"], { loop: true, keepRequests: 1 }) },
  });
  const runtime = await createNodeRuntime({
    modules: ["genx"],
    grants: { "*": ["genx"] },
    commands: genx.commands,
  });
  genx.attach(runtime);
  const lua = `function invoke(ctx, args)
    ctx.state.last = args.n
    ctx.emit({ text = "working" })
    __builtin.timeout(60000):cancel()
    return args.n * 2
  end`;
  const samples: Sample[] = [];
  for (let n = 0; n <= agentRuns; n++) {
    if (n % (agentRuns / steps) === 0) samples.push(await sample(n));
    const agent = await genx.createAgent({ type: "react", name: "soak", tools: [{ name: "double", lua }] });
    let doubled: unknown;
    for await (const event of agent.run("go")) if (event.type === "tool_done") doubled = event.toolResult;
    if (doubled !== 4) throw new Error(`run ${n} gave ${String(doubled)}`);
    await agent.close();
  }
  await runtime.close();
  judge(`${agentRuns} runs of an agent with a Lua tool`, samples);
}

await manyVms();
await manyCalls();
await endsOfVms();
await manyAgents();
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

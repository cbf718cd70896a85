/**
 * What the vulcan.* functions cost: each against the obvious floor, reached the same way from Lua where that is what
 * the function cannot do without (a host call with a Map lookup; JSON.parse and the walker; a bare pcall; a bare
 * postMessage round trip).
 * @module
 */

import { readFile } from "node:fs/promises";
import type { JsonObject, Runtime } from "../src/contract/contract.ts";
import { filePreludes } from "../src/host/stdlib/stdlib.ts";
import type { HostFunctions, LuaVm, Prelude } from "../src/lua/interface.ts";
import { bootLua } from "../src/lua/wasm/boot.ts";
import { dialectPrelude } from "../src/lua/world/dialect.ts";
import { createNodeRuntime } from "../src/platforms/node/node.ts";
import { MemoryTree } from "../src/vfs/memory-tree.ts";
import type { Batch, Bench, BenchFile } from "./harness/harness.ts";
import { BareLua } from "./lua/bare.ts";

const path = "/runtime/data/notes/2024/file.txt";

export const benches: BenchFile["benches"] = async () => {
  const makeVm = await fileVms();
  const vm = makeVm();
  const runtimes = await Promise.all([skillRuntime("shared"), skillRuntime("skill")]);
  const [shared, skill] = runtimes;
  const channel = echoChannel();
  const list: Bench[] = [
    // The documents are made first: the file benches use what their set-up leaves.
    ...jsonBenches(vm),
    ...fileBenches(vm),
    await freshVm(makeVm),
    ...(shared && skill ? engineBenches(shared, skill, channel.roundTrips) : []),
  ];
  return {
    list,
    async close() {
      vm.close();
      channel.close();
      await Promise.all(runtimes.map((runtime) => runtime.close()));
    },
  };
};

// ── one VM with the file namespaces ────────────────────────────────────────────────────────────────────────────────

const sizes = { "1 KB": 7, "100 KB": 700, "5 MB": 36_000 } as const;
/** Records as skills store them: about 140 bytes of JSON each. */
const records = (count: number): JsonObject[] =>
  Array.from({ length: count }, (_, i) => ({
    id: i,
    title: `Note number ${i}`,
    tags: ["work", "idea", `t${i % 17}`],
    score: i / 7,
    done: i % 3 === 0,
    nested: { created: 1_700_000_000 + i, text: "naïve café" },
  }));
const documents = new Map(Object.entries(sizes).map(([size, count]) => [size, JSON.stringify(records(count))]));

async function fileVms(): Promise<() => LuaVm> {
  const vfs = new MemoryTree();
  vfs.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  vfs.writeFile(path, new TextEncoder().encode("x".repeat(1024)));
  const map = new Map([[path, "x".repeat(1024)]]);
  const floors: HostFunctions = {
    has: (args) => map.has(args.text(1) ?? ""),
    get: (args) => map.get(args.text(1) ?? ""),
    set: (args) => {
      map.set(args.text(1) ?? "", args.text(2) ?? "");
      return true;
    },
    join: (args) => `${args.text(1)}/${args.text(2)}`,
    parse: (args) => JSON.parse(documents.get(args.text(1) ?? "") ?? ""),
    stringify: (args) => JSON.stringify(args.value(1)),
    document: (args) => documents.get(args.text(1) ?? ""),
  };
  const floor: Prelude = { name: "=floor", source: "floor = ...", functions: floors };
  const lua = await bootLua({ wasm: "dist/lua.wasm" });
  // Per VM, as the engine makes them.
  return () =>
    lua.createVm({
      preludes: [
        dialectPrelude(),
        { name: "=vulcan", source: "vulcan = {}" },
        ...filePreludes({
          vfs,
          clock: { now: Date.now },
          workingDirectory: { current: "/runtime" },
          env: {},
          os: { os: "linux", arch: "wasm32" },
          defaultTextEncoding: "",
          directories: { temp: "/tmp", resources: undefined, luaPackages: undefined, ffi: undefined },
          cache: { maxEntries: 1, defaultTtlSecs: 1, maxTtlSecs: 1 },
          capabilities: { skillManagementBridge: false, managedIoCompat: true },
          callbacks: {},
          config: { get: () => undefined, set() {}, delete: () => false, list: () => ({}) },
          databases: {},
          rootLabels: () => [],
          log() {},
          progress() {},
        }),
        floor,
      ],
    });
}

/** All that skills see of files, JSON and the dialect, against what the wasm alone takes. */
async function freshVm(makeVm: () => LuaVm): Promise<Bench> {
  const module = await WebAssembly.compile(await readFile("dist/lua.wasm"));
  const some = 20;
  const repeat = (work: () => unknown) => () => {
    for (let i = 0; i < some; i++) work();
    return some;
  };
  return {
    question: "a new VM",
    subject: { name: "with its preludes", batch: repeat(() => makeVm().close()) },
    reference: { name: "wasm instance and luaL_newstate", batch: repeat(() => new BareLua(module, "derived")) },
    wanted: 3,
  };
}

/** A batch that runs `body` `count` times in one Lua loop. */
function loop(vm: LuaVm, count: number, body: string): Batch {
  const run = vm.compile(`local count = ... for i = 1, count do ${body} end`, "=bench");
  return () => {
    vm.runSync(run, [count], () => undefined);
    return count;
  };
}

function fileBenches(vm: LuaVm): Bench[] {
  const against = (name: string, body: string, floor: string, floorBody: string, count = 2000): Bench => ({
    question: `vulcan.${name}`,
    subject: { name: "from Lua", batch: loop(vm, count, body) },
    reference: { name: floor, batch: loop(vm, count, floorBody) },
  });
  const p = JSON.stringify(path);
  return [
    against("fs.exists", `vulcan.fs.exists(${p})`, "host call, Map.has", `floor.has(${p})`),
    against("fs.read 1 KB", `vulcan.fs.read(${p})`, "host call, Map.get", `floor.get(${p})`),
    against("fs.write 1 KB", `vulcan.fs.write(${p}, kilobyte)`, "host call, Map.set", `floor.set(${p}, kilobyte)`),
    against(
      "io, 1 KB written and read",
      `local path <const> = ${p}
      local f = io.open(path, "wb") f:write(kilobyte) f:close()
      f = io.open(path, "rb") f:read("a") f:close()`,
      "two host calls, Map.set and Map.get",
      `floor.set(${p}, kilobyte) floor.get(${p})`,
    ),
    against("path.join", `vulcan.path.join("a/b", "c.txt")`, "host call, concat", `floor.join("a/b", "c.txt")`),
    against(
      "io.lines, 1000 lines",
      `for _ in vulcan.io.lines("lines.txt") do end`,
      "string.gmatch over the text",
      `for _ in lines:gmatch("[^\\n]*\\n?") do end`,
      20,
    ),
  ];
}

function jsonBenches(vm: LuaVm): Bench[] {
  const rounds = { "1 KB": 500, "100 KB": 10, "5 MB": 1 } as const;
  return Object.entries(rounds).flatMap(([size, count]): Bench[] => {
    const key = JSON.stringify(size);
    const setUp = vm.compile(
      `documents = documents or {} values = values or {}
      documents[${key}] = floor.document(${key}) values[${key}] = vulcan.json.decode(documents[${key}])
      kilobyte = ("x"):rep(1024) lines = ("a line of text\\n"):rep(1000)
      vulcan.fs.write("lines.txt", lines)`,
      "=bench",
    );
    vm.runSync(setUp, [], () => undefined);
    setUp.release();
    const few = size === "5 MB" ? { rounds: 5 } : {};
    return [
      {
        question: `vulcan.json.decode ${size}`,
        subject: { name: "from Lua", batch: loop(vm, count, `vulcan.json.decode(documents[${key}])`) },
        reference: { name: "JSON.parse + walker", batch: loop(vm, count, `floor.parse(${key})`) },
        wanted: 1.2,
        ...few,
      },
      {
        question: `vulcan.json.encode ${size}`,
        subject: { name: "from Lua", batch: loop(vm, count, `vulcan.json.encode(values[${key}])`) },
        // No promise: the floor does not sort keys.
        reference: { name: "walker + JSON.stringify", batch: loop(vm, count, `floor.stringify(values[${key}])`) },
        ...few,
      },
    ];
  });
}

// ── whole engines ──────────────────────────────────────────────────────────────────────────────────────────────────

const manifest = (name: string) =>
  `name: ${name}\nversion: 0.1.0\nentries:\n  - { name: run, lua_entry: runtime/run.lua, lua_module: ${name}.run }\n`;
const caller = `
local function nothing() return "x" end
local work = {
  call_own = function() vulcan.call("bencha-run", {}) end,
  call_other = function() vulcan.call("benchb-run", {}) end,
  pcall = function() pcall(nothing, {}) end,
  cwd = function() vulcan.runtime.cwd() end,
  cache = function() vulcan.cache.get(vulcan.cache.put({ a = 1 })) end,
  tool = function() vulcan.host.call("echo", { x = 1 }) end,
}
return function(args)
  local f = work[args.what]
  if f then for i = 1, args.count do f() end end
  return "x"
end`;

const roots = [{ name: "ROOT", skills_dir: "/runtime/skills" }];

async function skillRuntime(isolation: "shared" | "skill"): Promise<Runtime> {
  const runtime = await createNodeRuntime({
    storage: { kind: "memory" },
    isolation,
    load: false,
    hostTools: { echo: (args) => args },
    roots,
  });
  for (const [name, lua] of [
    ["bencha", caller],
    ["benchb", "return function() return 'x' end"],
  ] as const) {
    await runtime.fs.write(`/runtime/skills/${name}/skill.yaml`, manifest(name));
    await runtime.fs.write(`/runtime/skills/${name}/runtime/run.lua`, lua);
  }
  await runtime.skills.reload(roots);
  return runtime;
}

function engineBenches(shared: Runtime, skill: Runtime, roundTrips: (count: number) => Promise<number>): Bench[] {
  const work =
    (runtime: Runtime, what: string, count: number): Batch =>
    async () => {
      await runtime.call("bencha-run", { what, count });
      return count;
    };
  const floor = { name: "bare pcall", batch: work(shared, "pcall", 20_000) };
  return [
    {
      question: "vulcan.call, same skill",
      subject: { name: "from Lua", batch: work(shared, "call_own", 1000) },
      reference: floor,
    },
    {
      question: "vulcan.call, other skill, one VM",
      subject: { name: "from Lua", batch: work(shared, "call_other", 1000) },
      reference: floor,
    },
    {
      question: "vulcan.call, other skill, VM per skill",
      subject: { name: "from Lua", batch: work(skill, "call_other", 300) },
      reference: floor,
    },
    {
      question: "vulcan.cache put + get",
      subject: { name: "from Lua", batch: work(shared, "cache", 1000) },
      reference: { name: "vulcan.runtime.cwd", batch: work(shared, "cwd", 2000) },
    },
    {
      question: "host tool",
      subject: { name: "from Lua and back", batch: work(shared, "tool", 200) },
      reference: { name: "postMessage round trip", batch: () => roundTrips(200) },
    },
  ];
}

/** A MessageChannel whose other end answers. */
function echoChannel(): { roundTrips(count: number): Promise<number>; close(): void } {
  const { port1, port2 } = new MessageChannel();
  port2.onmessage = ({ data }) => port2.postMessage(data);
  const once = (value: unknown) =>
    new Promise((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
      port1.postMessage(value);
    });
  return {
    async roundTrips(count) {
      for (let i = 0; i < count; i++) await once({ action: "call", tool_name: "echo", args: { x: 1 } });
      return count;
    },
    close() {
      port1.close();
      port2.close();
    },
  };
}

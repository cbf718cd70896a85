import { afterEach, expect, test, vi } from "vitest";
import { evaluate, luaWasmPath } from "../testing/test-wasm.ts";
import type { HostFunctions, LuaEngineModule, LuaVm, Prelude, VmOptions } from "./interface.ts";
import { bootLua } from "./wasm/boot.ts";

let second = 0;
afterEach(() => vi.restoreAllMocks());

/** `born` is a time no two states share, unless one began as the image of the other. */
const world = (functions: HostFunctions = {}, source = ""): VmOptions => ({
  preludes: [
    {
      name: "=world",
      source: `born = os.time() kept = {} for name, f in next, (...) do _G[name] = f end ${source}`,
      functions,
    },
  ],
});

/** A Lua that makes images from its first VM on, every one a second later. */
async function freshLua(): Promise<LuaEngineModule> {
  vi.spyOn(Date, "now").mockImplementation(() => second * 1000);
  const lua = await bootLua({ wasm: luaWasmPath });
  for (let i = 0; i < 2; i++) lua.createVm({ preludes: [] }).close();
  await import("./images.ts");
  return {
    ...lua,
    createVm(options) {
      second++;
      return lua.createVm(options);
    },
  };
}

async function vms(count: number, options: (index: number) => VmOptions): Promise<LuaVm[]> {
  const lua = await freshLua();
  return Array.from({ length: count }, (_, index) => lua.createVm(options(index)));
}

const first = async (vm: LuaVm, code: string) => (await evaluate(vm, code))[0];
const births = (made: readonly LuaVm[]) => Promise.all(made.map((vm) => first(vm, "return born")));

test("from the second VM on they begin as the first, and call their own host", async () => {
  const made = await vms(5, (index) =>
    world({ number: () => index, later: { waits: () => Promise.resolve(index * 10) }, list: () => [index, { index }] }),
  );
  expect(new Set(await births(made)).size).toBe(1);
  for (const [index, vm] of made.entries()) {
    expect(await evaluate(vm, "return number(), later(), list()[2].index")).toEqual([index, index * 10, index]);
  }
});

test("what one does no other sees", async () => {
  const lua = await freshLua();
  const spoil = "kept.secret = 'k' left = true string.format = nil getmetatable('').__index.rep = nil return #kept";
  for (let i = 0; i < 4; i++) {
    const vm = lua.createVm(world());
    expect(await first(vm, "return kept.secret or left or (string.format == nil) or (('').rep == nil)")).toBe(false);
    await evaluate(vm, spoil);
    if (i % 2 === 0) await evaluate(vm, "while true do end", [], { instructions: 1000 }).catch(() => {});
    vm.close();
  }
});

test("random numbers are each VM's own", async () => {
  const made = await vms(6, () => world());
  const numbers = await Promise.all(made.map((vm) => first(vm, "return math.random(1 << 50)")));
  expect(new Set(numbers).size).toBe(6);
});

test("VMs whose clock stands still stay alike", async () => {
  const made = await vms(5, () => ({ ...world(), frozen: true }));
  const order =
    "local t = {} for i = 1, 50 do t[{}] = i t['k' .. i] = -i end local o = {} for _, v in pairs(t) do o[#o + 1] = v end";
  const seen = await Promise.all(made.map((vm) => first(vm, `${order} return table.concat(o, ' ') .. math.random()`)));
  expect(new Set(seen).size).toBe(1);
});

test.each<[what: string, functions: (index: number) => HostFunctions, source: string]>([
  ["the host tells preludes something else", (index) => ({ tell: () => index }), "told = tell()"],
  ["it tells them more than constants", () => ({ tell: () => [1] }), "told = tell()"],
  ["preludes tell it something", () => ({ hear: () => undefined }), "hear(born)"],
  ["it looks who asks", () => ({ who: (_, { vm }) => vm.id > 0 }), "who()"],
  ["preludes have other functions", (index) => ({ [`f${index}`]: () => 1 }), ""],
  ["preludes have another text", () => ({}), "local text"],
])("each is made anew where %s", async (what, functions, source) => {
  const made = await vms(4, (index) => world(functions(index), source + (what.endsWith("text") ? index : "")));
  expect(new Set(await births(made)).size).toBe(4);
});

test("a change the host told of since is seen, and so is the change back", async () => {
  let place = "here";
  const made = await vms(10, (index) => {
    place = index < 4 || index > 7 ? "here" : "there";
    return world({ place: () => place }, "told = place()");
  });
  const told = await Promise.all(made.map((vm) => first(vm, "return told")));
  expect(told).toEqual([...Array(4).fill("here"), ...Array(4).fill("there"), "here", "here"]);
});

test("limits are those of the VM, whatever the one before it had", async () => {
  const lua = await freshLua();
  const make = (memoryBytes: number) => lua.createVm({ ...world(), memoryBytes });
  for (let i = 0; i < 3; i++) make(2 ** 26).close();
  const small = make(2 ** 22);
  await expect(evaluate(small, "return #string.rep('x', 5e6)")).rejects.toThrow("not enough memory");
  const large = make(2 ** 26);
  expect(await first(large, "return #string.rep('x', 5e6)")).toBe(5e6);
  await expect(evaluate(make(2 ** 26), "while true do end", [], { instructions: 5000 })).rejects.toThrow("budget");
  expect(large.usage.instructions).toBeGreaterThan(0);
  expect(() => make(2 ** 20)).toThrow("allow at least 4 MiB");
});

test("an image that has grown is no way round a memory cap", async () => {
  const lua = await freshLua();
  const big: Prelude = { name: "=big", source: "ballast = string.rep('x', 4e6)" };
  const make = (memoryBytes: number) => lua.createVm({ preludes: [big], memoryBytes });
  for (let i = 0; i < 3; i++) expect(await first(make(2 ** 24), "return #ballast")).toBe(4e6);
  expect(() => make(2 ** 22)).toThrow("memory");
});

test("a prelude that is added later, coroutines, errors and their tracebacks work as in the first", async () => {
  const made = await vms(4, () => world({ slow: { waits: () => Promise.resolve("slept") } }));
  const answers = await Promise.all(
    made.map(async (vm) => {
      vm.install({ name: "=more", source: "added = (...).give()", functions: { give: () => "given" } });
      const code = `local co = coroutine.wrap(function() coroutine.yield(slow()) error('inside') end)
        local one = co() local ok, message = pcall(co)
        return one, ok, message, added, debug.traceback('t'), tostring(pcall(error)), #tostring({})`;
      return evaluate(vm, code);
    }),
  );
  expect(answers[0]?.slice(0, 4)).toEqual(["slept", false, "test:1: inside", "given"]);
  for (const answer of answers) expect(answer).toEqual(answers[0]);
});

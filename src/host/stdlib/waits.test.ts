import { describe, expect, it } from "vitest";
import { dialectPrelude } from "../../lua/world/dialect.ts";
import { testVm } from "../../testing/test-vm.ts";
import { evaluate, globals, testLua } from "../../testing/test-wasm.ts";
import { filePreludes } from "./stdlib.ts";

/** Under either strategy a host call may wait wherever Lua code of ours, not C, stands between it and the run. */
describe("waits inside what the dialect and the standard library call back", async () => {
  const t = await testVm({
    "/runtime/waiting.lua": "return later('file') .. ':' .. tostring((...))",
    "/runtime/waiting_module.lua": "local v = later('module') return { value = v, name = ... }",
  });
  const lua = await testLua();
  const vm = lua.createVm({
    preludes: [
      dialectPrelude(),
      { name: "=vulcan", source: "vulcan = {}" },
      ...filePreludes(t.services),
      globals({
        later: {
          waits: async (args) => {
            const text = args.text(1);
            await new Promise((resolve) => setTimeout(resolve, 1));
            return text;
          },
        },
      }),
    ],
  });
  const run = (code: string) => evaluate(vm, code);

  it.each([
    ["dofile", 'return dofile("waiting.lua")', "file:nil"],
    ["loadfile", 'return loadfile("waiting.lua")(1)', "file:1"],
    ["require", 'return require("waiting_module").value', "module"],
    ["a loader of package.preload", 'package.preload.p = function() return later("p") end return require("p")', "p"],
    [
      "a searcher",
      'table.insert(package.searchers, 2, function(n) if n == "s" then local v = later("s") return function() return v end end return "" end) return require("s")',
      "s",
    ],
    ["table.foreach", 'return table.foreach({ 1 }, function() return later("each") end)', "each"],
    ["table.foreachi", 'return table.foreachi({ 1 }, function() return later("eachi") end)', "eachi"],
    ["gsub", 'return (("ab"):gsub("%w", function(c) return later(c .. "!") end))', "a!b!"],
    [
      "sort",
      'local t = { 3, 1, 2 } table.sort(t, function(a, b) later("x") return a < b end) return table.concat(t)',
      "123",
    ],
    [
      "a function with another environment",
      'local f = setfenv(function() return later(v) end, { later = later, v = "env" }) return f()',
      "env",
    ],
    [
      "a coroutine that loads a file",
      'local co = coroutine.wrap(function() coroutine.yield(dofile("waiting.lua")) return later("end") end) return co() .. "," .. co()',
      "file:nil,end",
    ],
    ["pcall of a failing load", 'return tostring(pcall(dofile, "none.lua")) .. later("!")', "false!"],
    [
      "__lt behind <",
      'local t = setmetatable({}, { __lt = function() return later("yes") == "yes" end }) return tostring(t < t)',
      "true",
    ],
  ])("%s", async (_what, code, expected) => {
    expect(await run(code)).toEqual([expected]);
  });

  it("where a wait is impossible the call fails, says so, and the VM goes on", async () => {
    const code = `
      local t = setmetatable({}, { __lt = function() return later("yes") == "yes" end })
      return pcall(function() return t <= t end)`;
    const [ok, message] = await run(code);
    // Under J even this waits; under Y resuming __lt would have to know that its answer is to be negated.
    if (lua.waiting === "J") expect(ok).toBe(true);
    else expect([ok, message]).toEqual([false, expect.stringMatching(/wait/)]);
    expect(await run("return later('usable')")).toEqual(["usable"]);
  });

  it("a module whose load waits is not loaded twice at once", async () => {
    const code = `
      package.loaded.waiting_module = nil
      local first = coroutine.wrap(function() return require("waiting_module").value end)
      return first(), pcall(require, "waiting_module")`;
    expect((await run(code)).slice(0, 2)).toEqual(["module", true]);
  });
});

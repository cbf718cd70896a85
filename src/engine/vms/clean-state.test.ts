import { describe, expect, test } from "vitest";
import { skill, testEngine, writeFiles } from "../../testing/test-engine.ts";

const packages = { hostOptions: { lua_packages_dir: "/runtime/lua_packages" } };
const wants = skill("wants", { run: 'return function() return require("fresh").word end' });

describe("a run of host code", () => {
  const traces: readonly (readonly [what: string, leave: string, look: string])[] = [
    ["a global", "left = 1", "return left"],
    ["a global of the standard library", "print = 1", "return type(print) == 'number' or nil"],
    ["a member of a library", "string.left = 1", "return ('').left"],
    ["a removed member", "table.concat = nil", "return table.concat == nil or nil"],
    ["a member of vulcan", "vulcan.fs.read = 1", "return type(vulcan.fs.read) == 'number' or nil"],
    ["a metatable of the globals", "setmetatable(_G, { __index = function() return 1 end })", "return nowhere"],
    ["the metatable of strings", "getmetatable('').__add = function() return 1 end", "return getmetatable('').__add"],
    ["a module", "package.preload.m = function() return 1 end require('m')", "return package.loaded.m"],
    ["a search path", "package.path = 'left'", "return package.path == 'left' or nil"],
    ["a table as a key", "_G[vulcan.fs] = 1", "return _G[vulcan.fs]"],
    ["a bundled module", "require('cjson').left = 1", "return require('cjson').left"],
    ["many globals", "for i = 1, 30000 do _G['g' .. i] = i end", "return g29999"],
    ["an error on the way", "left = 1 error('x')", "return left"],
  ];
  test.each(traces)("leaves nothing to the next: %s", async (_what, leave, look) => {
    const { lua } = await testEngine();
    for (let i = 0; i < 2; i++) {
      expect(await lua(look)).toBeNull();
      await lua(leave).catch(() => {});
      expect(await lua(look)).toBeNull();
    }
  });

  test("meets the globals of others only where VMs are shared as the native engine shares them", async () => {
    const { lua } = await testEngine({ options: { isolation: "shared" } });
    await lua("left = 1");
    expect(await lua("return left")).toBe(1);
  });
});

describe("VMs made before", () => {
  const look = 'local ok, m = pcall(require, "fresh") return ok and m.word or "none"';

  test("a reload do not serve after it: the folder of packages and what is in it", async () => {
    const { lua, call, engine, store } = await testEngine({ files: wants, options: packages });
    expect(await lua(look)).toBe("none");
    for (const word of ["one", "two"]) {
      writeFiles(store, { "lua_packages/share/lua/fresh.lua": `return { word = "${word}" }` });
      await engine.request({ op: "skills.reload" });
      expect([await call("wants-run"), await lua(look), await lua(look)]).toEqual([word, word, word]);
    }
  });

  test("a module was written find it, without a reload, where no skill keeps them", async () => {
    const { lua, call, store } = await testEngine({ files: wants, options: packages });
    expect(await lua(look)).toBe("none");
    writeFiles(store, { "lua_packages/share/lua/fresh.lua": 'return { word = "one" }' });
    expect([await lua(look), await call("wants-run"), await lua(look)]).toEqual(["one", "one", "one"]);
  });
});

describe("a callee of vulcan.call", () => {
  const callee = skill("callee", {
    run: "return function(a) if a.how == 'table' then vulcan = {} else vulcan = nil end if a.fail then error('no', 0) end return 'result ' .. tostring(count), 'page' end",
    count: "return function() seen = (seen or 0) + 1 return tostring(seen) end",
  });
  const caller = skill("caller", {
    run: "return function(a) local ok, r, mode = pcall(vulcan.call, 'callee-run', a) return tostring(ok) .. ' ' .. r .. ' ' .. tostring(mode) end",
  });

  test.each(["table", "nil"])("that replaces its vulcan by a %s still answers, and its VM goes", async (how) => {
    const { call } = await testEngine({ files: { ...callee, ...caller } });
    expect(await call("callee-count")).toBe("1");
    expect(await call("caller-run", { how })).toBe("true result nil page");
    expect(await call("callee-count")).toBe("1");
    expect(await call("caller-run", { how, fail: true })).toBe("false no nil");
    expect(await call("callee-count")).toBe("1");
    await expect(call("callee-run", { how })).rejects.toThrow("Failed to get vulcan");
  });
});

import { expect, test } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import type { LuaEngineModule, LuaVm, Prelude } from "../../src/lua/interface.ts";
import { skill, testEngine } from "../../src/testing/test-engine.ts";

/**
 * Walks everything that can be reached from the globals and from what preludes have exported, through upvalues and
 * metatables, with the full debug library; answers the Lua functions of the house that hold an `_ENV`.
 */
const inspector: Prelude = {
  name: "=inspector",
  source: `local host, primitives = ...
    local getinfo, getupvalue, getmetatable = primitives.debug.getinfo, primitives.debug.getupvalue, primitives.debug.getmetatable
    local is_open = primitives.is_open
    local type, next, tostring, sort, concat = type, next, tostring, table.sort, table.concat
    primitives.exports.inspect = function()
      local seen, found, functions = {}, {}, 0
      local queue = { primitives.exports, primitives.debug.getregistry() }
      while #queue > 0 do
        local value = queue[#queue]
        queue[#queue] = nil
        local kind = type(value)
        if (kind == "table" or kind == "function" or kind == "userdata") and not seen[value] then
          seen[value] = true
          if kind == "table" then
            for key, member in next, value do queue[#queue + 1] = key queue[#queue + 1] = member end
          elseif kind == "function" then
            local info = getinfo(value, "S")
            local ours = info.what == "Lua" and not is_open(value) and info.source ~= "=inspector"
            if ours then functions = functions + 1 end
            for i = 1, 255 do
              local name, inner = getupvalue(value, i)
              if not name then break end
              if ours and name == "_ENV" then found[#found + 1] = info.source .. ":" .. info.linedefined end
              queue[#queue + 1] = inner
            end
          end
          queue[#queue + 1] = getmetatable(value)
        end
      end
      sort(found)
      return functions, concat(found, " ")
    end`,
};

/** One name of each file that `require` finds in this package. */
const lazily = [
  ...["ffi", "cjson", "lyaml", "toml", "serpent", "zlib", "MessagePack", "rex_pcre2", "ltn12", "socket", "lcurl"],
  "openssl.digest",
];

test("no function of the house reads or writes globals when it is called", async () => {
  const vms: LuaVm[] = [];
  const plain = await testEngine({ files: skill("a", { b: "return function() return 'c' end" }) });
  const lua: LuaEngineModule = {
    ...plain.platform.lua,
    waiting: plain.platform.lua.waiting,
    metered: plain.platform.lua.metered,
    createVm(options) {
      const vm = plain.platform.lua.createVm({ ...options, preludes: [...options.preludes, inspector] });
      vms.push(vm);
      return vm;
    },
  };
  const engine = await createEngine({ ...plain.platform, lua }, {});
  await engine.request({ op: "call", name: "a-b", args: {} });
  await engine.request({
    op: "luaexec",
    request: {
      code: `for _, name in ipairs({ ${lazily.map((name) => `"${name}"`).join()} }) do require(name) end return 1`,
    },
  });
  expect(vms.length).toBeGreaterThan(1);
  for (const vm of vms.filter((one) => one.usable)) {
    const [functions, found] = vm.runSync(vm.exported("inspect"), [], (results) => [
      results.number(1),
      results.text(2),
    ]);
    expect(functions).toBeGreaterThan(150);
    expect(found).toBe("");
  }
});

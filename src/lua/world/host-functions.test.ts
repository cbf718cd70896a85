import { describe, expect, test } from "vitest";
import { evaluate, globals, testLua } from "../../testing/test-wasm.ts";
import { LuaRaise, LuaRunError, type LuaValue } from "../interface.ts";

const lua = await testLua();

describe("host functions", () => {
  class VfsError extends Error {
    readonly secret = "path";
  }
  const vm = lua.createVm({
    preludes: [
      globals({
        throws: () => {
          throw new VfsError("plain text");
        },
        raises: () => {
          throw new LuaRaise("E", { code: "ENOENT", n: 1 });
        },
        odd: () => {
          throw "a string";
        },
        data: () => ({ a: 1, constructor: "own" }),
        bad: () => (() => 1) as unknown as LuaValue,
        promise: () => Promise.resolve(1) as unknown as LuaValue,
      }),
    ],
  });

  test("an exception is its message, without position and without a way back", async () => {
    expect(await evaluate(vm, "local ok, e = pcall(throws) return type(e), e, e.constructor")).toEqual([
      "string",
      "plain text",
      undefined,
    ]);
    expect(await evaluate(vm, "local ok, e = pcall(raises) return type(e), e.code, e.n, e.constructor")).toEqual([
      "table",
      "ENOENT",
      1,
      undefined,
    ]);
    expect(await evaluate(vm, "return pcall(odd)")).toEqual([false, "a string"]);
  });

  test("data has its own members only", async () => {
    expect(
      await evaluate(vm, "local d = data() return d.a, d.constructor, d.__proto__, d.hasOwnProperty, d.toString"),
    ).toEqual([1, "own", undefined, undefined, undefined]);
    expect(await evaluate(vm, "data().__proto__ = {polluted = true} return 1")).toEqual([1]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("functions and promises do not come out", async () => {
    expect(await evaluate(vm, "return pcall(bad)")).toEqual([
      false,
      "cannot pass a function to Lua; only plain data crosses",
    ]);
    expect(await evaluate(vm, "return pcall(promise)")).toEqual([
      false,
      expect.stringContaining("not declared as waiting"),
    ]);
    expect(await evaluate(vm, "return 1")).toEqual([1]);
  });

  test("every global, however deep, is a plain Lua value", async () => {
    const [kinds] = await evaluate(
      vm,
      `local seen, kinds = {}, {}
      local function walk(v) kinds[type(v)] = true if type(v) == "table" and not seen[v] then seen[v] = true for k, x in next, v do walk(k) walk(x) end walk(getmetatable(v)) end end
      walk(_G) local out = {} for k in next, kinds do out[#out + 1] = k end table.sort(out) return table.concat(out, " ")`,
    );
    expect(kinds).toBe("function nil number string table");
  });

  test("errors outside Lua", async () => {
    const failure = await evaluate(vm, "local function deep() throws() end deep()").catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(LuaRunError);
    const error = failure as LuaRunError;
    expect(error.message).toBe("plain text");
    expect(error.hostText()).toMatch(/^runtime error: plain text\nstack traceback:\n/);
    expect(error.details.traceback).toMatch(/in (local|upvalue) 'deep'/);
    expect(error.details.traceback).not.toMatch(/\[C\]: in \?$/);
    expect(vm.usable).toBe(true);
  });

  test("error values of any type", async () => {
    await expect(evaluate(vm, "error({code = 1})")).rejects.toMatchObject({
      message: '{"code":1}',
      details: { value: { code: 1 } },
    });
    await expect(
      evaluate(vm, "error(setmetatable({}, {__tostring = function() return 'custom' end}))"),
    ).rejects.toThrow("custom");
    await expect(evaluate(vm, "error(setmetatable({}, {__tostring = function() error('worse') end}))")).rejects.toThrow(
      LuaRunError,
    );
    await expect(evaluate(vm, "error(nil)")).rejects.toThrow("nil");
    await expect(evaluate(vm, "error(42, 0)")).rejects.toThrow("42");
    await expect(evaluate(vm, "error(true)")).rejects.toThrow("true");
    expect(await evaluate(vm, "return 1")).toEqual([1]);
  });
});

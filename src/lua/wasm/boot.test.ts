import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import { evaluate, globals, luaWasmPath, stockWasmPath } from "../../testing/test-wasm.ts";
import type { LuaBootOptions } from "../interface.ts";
import { bootLua } from "./boot.ts";
import { compileBase64 } from "./compile-base64.ts";
import { trampolinesWasm } from "./generated/trampolines.ts";

const bytes = Uint8Array.from(await readFile(luaWasmPath));

const server = createServer((request, response) => {
  if (request.url === "/lua.wasm") response.end(bytes);
  else if (request.url === "/index.wasm")
    response.setHeader("content-type", "text/html").end("<!doctype html><title>app</title>");
  else response.writeHead(404).end("no");
});
let origin = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

async function answer(options: LuaBootOptions): Promise<unknown> {
  const lua = await bootLua(options);
  return (await evaluate(lua.createVm({ preludes: [] }), "return 6 * 7"))[0];
}

describe("sources", () => {
  test("a path, a file URL, bytes, a view, a module", async () => {
    expect(await answer({ wasm: luaWasmPath })).toBe(42);
    expect(await answer({ wasm: path.resolve(luaWasmPath) })).toBe(42);
    expect(await answer({ wasm: pathToFileURL(luaWasmPath) })).toBe(42);
    expect(await answer({ wasm: bytes.buffer })).toBe(42);
    const shifted = new Uint8Array(bytes.length + 8);
    shifted.set(bytes, 8);
    expect(await answer({ wasm: shifted.subarray(8) })).toBe(42);
    expect(await answer({ wasm: new WebAssembly.Module(bytes) })).toBe(42);
  });

  test("an http URL, also without the right media type", async () => {
    expect(await answer({ wasm: `${origin}/lua.wasm` })).toBe(42);
    expect(await answer({ wasm: new URL("/lua.wasm", origin) })).toBe(42);
  });
});

describe("the derived wasm", () => {
  test("is metered; Node 20 has no JSPI and says Y", async () => {
    const lua = await bootLua({ wasm: bytes });
    expect(lua.metered).toBe(true);
    expect(lua.waiting).toBe("Suspending" in WebAssembly ? "J" : "Y");
  });

  test("forcing J where there is none fails with a reason", async () => {
    if ("Suspending" in WebAssembly) return;
    await expect(bootLua({ wasm: bytes, waiting: "J" })).rejects.toThrow(/self-test.*Suspending/);
  });
});

describe("the stock wasm with the count hook", async () => {
  const lua = await bootLua({ wasm: stockWasmPath });

  test("has LuaJIT's number text too", async () => {
    const vm = lua.createVm({ preludes: [] });
    expect(await evaluate(vm, "return 10 / 2 .. '', tostring(-3.0), 0.5 .. ''")).toEqual(["5", "-3", "0.5"]);
  });

  test("runs, waits, and is limited by instructions", async () => {
    expect(lua.metered).toBe(false);
    const vm = lua.createVm({ preludes: [globals({ later: { waits: async (args) => args.number(1) + 1 } })] });
    expect(await evaluate(vm, "return later(later(1)), select(2, pcall(error, 'x', 0))")).toEqual([3, "x"]);
    expect(await evaluate(vm, "local t = {} for i = 1, 100 do t[i] = {i, tostring(i)} end return t[100]")).toEqual([
      [100, "100"],
    ]);
    expect(await evaluate(vm, "for i = 1, 1e5 do end return 1", [], { deadline: performance.now() + 5000 })).toEqual([
      1,
    ]);
    for (const code of [
      "while true do end",
      "while true do pcall(function() while true do end end) end",
      "while true do coroutine.wrap(function() while true do end end)() end",
    ]) {
      const victim = lua.createVm({ preludes: [] });
      await expect(evaluate(victim, code, [], { deadline: performance.now() + 40 })).rejects.toMatchObject({
        details: { reason: "deadline_exceeded" },
      });
      expect(victim.usable).toBe(false);
    }
  });
});

describe("a file that is wrong names the cause", () => {
  const failure = async (wasm: LuaBootOptions["wasm"]) => {
    const error = await bootLua({ wasm }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LuaSkillsError);
    const { code, message } = error as LuaSkillsError;
    expect(code).toBe("wasm_unavailable");
    expect(message).toMatch(/^lua\.wasm \(/);
    expect(message).toMatch(/pass its URL, bytes or WebAssembly\.Module/);
    return message;
  };

  test("missing", async () => {
    expect(await failure("dist/nowhere.wasm")).toMatch(/could not be read: .*ENOENT/);
    expect(await failure(`${origin}/nowhere.wasm`)).toMatch(/HTTP 404/);
    expect(await failure("http://127.0.0.1:9/lua.wasm")).toMatch(/could not be downloaded/);
  });

  test("HTML instead of wasm", async () => {
    expect(await failure(`${origin}/index.wasm`)).toMatch(/is an HTML page; the server answers missing files/);
  });

  test("empty, text, truncated", async () => {
    expect(await failure(new Uint8Array())).toMatch(/is empty/);
    expect(await failure(new TextEncoder().encode("hello"))).toMatch(/begins with "hello"/);
    expect(await failure(bytes.slice(0, 5000))).toMatch(/does not compile/);
  });

  test("another module", async () => {
    expect(await failure(compileBase64(trampolinesWasm))).toMatch(/not the Lua of this package/);
  });
});

/**
 * The stock glue.wasm of wasmoon, for those who bring their own: it needs the bridge beside it and a longjmp, either through
 * JavaScript or (for JSPI) by the shim. Loaded only when such a file is met.
 * @module
 */

import { compileBase64 } from "./compile-base64.ts";
import { bridgeWasm } from "./generated/bridge.ts";
import { shimWasm } from "./generated/shim.ts";
import leniencies from "./leniencies.lua?raw";
import { importsOf, type LinkedModule } from "./link.ts";
import type { BridgeExports, LuaExports } from "./wasm-exports.ts";

export { armCountHook, countHook } from "../guard/count-hook.ts";

/** The stock glue.wasm. `shim`: longjmp by wasm exceptions instead of JavaScript ones. */
export function linkStock(module: WebAssembly.Module, shim: boolean): LinkedModule {
  const bridgeModule = compileBase64(bridgeWasm);
  const shimModule = shim ? compileBase64(shimWasm) : undefined;
  let numberText: number | undefined;
  return {
    metered: false,
    prelude: { name: "=leniencies", source: leniencies },
    instantiate(library, host) {
      const longjmp = shimModule ? wasmLongjmp(shimModule) : javascriptLongjmp();
      const env = { ...library.env, ...longjmp.imports };
      const instance = new WebAssembly.Instance(module, importsOf({ ...library, env }));
      const lua = { ...instance.exports } as unknown as LuaExports;
      longjmp.connect(lua);
      numberText ??= findNumberText(lua);
      new Uint8Array(lua.memory.buffer)[numberText] = 0;
      const imports = importsOf({ lua: { ...instance.exports }, host });
      const bridge = { ...new WebAssembly.Instance(bridgeModule, imports).exports } as unknown as BridgeExports;
      return { lua, bridge };
    },
  };
}

/**
 * `tostring(5.0)` is `5.0` when all its characters are among these; with an empty set it becomes `5`, as in LuaJIT (the
 * derived wasm has this done at build time). @throws when the text is not in the static data exactly once
 */
function findNumberText(lua: LuaExports): number {
  const data = new Uint8Array(lua.memory.buffer, 0, 131_072);
  const text = "-0123456789\0";
  const found: number[] = [];
  for (let at = data.indexOf(0x2d); at >= 0; at = data.indexOf(0x2d, at + 1)) {
    if ([...text].every((letter, i) => data[at + i] === letter.charCodeAt(0))) found.push(at);
  }
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error("the number formatter was not found in this glue.wasm");
  return only;
}

interface Longjmp {
  readonly imports: Record<string, WebAssembly.ImportValue>;
  connect(lua: LuaExports): void;
}

/** Emscripten's own way: throw a JavaScript value through wasm, catch it in invoke_vii. */
function javascriptLongjmp(): Longjmp {
  let lua: LuaExports | undefined;
  return {
    imports: {
      _emscripten_throw_longjmp() {
        throw Infinity;
      },
      invoke_vii(slot: number, a: number, b: number) {
        if (!lua) return;
        const stack = lua.stackSave();
        try {
          lua.__indirect_function_table.get(slot)(a, b);
        } catch (thrown) {
          if (thrown !== Infinity) throw thrown;
          lua.stackRestore(stack);
          lua.setThrew(1, 0);
        }
      },
    },
    connect(exports) {
      lua = exports;
    },
  };
}

function wasmLongjmp(module: WebAssembly.Module): Longjmp {
  // Behind the static functions, which are all that is ever invoked through the copy.
  const first = 1024;
  const table = new WebAssembly.Table({ element: "anyfunc", initial: first + 3 });
  const { exports } = new WebAssembly.Instance(module, { e: { t: table, ss: first } });
  return {
    imports: {
      invoke_vii: exports.invoke_vii as WebAssembly.ImportValue,
      _emscripten_throw_longjmp: exports.throw_longjmp as WebAssembly.ImportValue,
    },
    connect(lua) {
      const source = lua.__indirect_function_table;
      for (let i = 0; i < Math.min(source.length, first); i++) table.set(i, source.get(i));
      table.set(first, lua.stackSave);
      table.set(first + 1, lua.stackRestore);
      table.set(first + 2, lua.setThrew);
    },
  };
}

/**
 * Lua's setjmp/longjmp with wasm exceptions inside the module. wasmoon goes wasm → JavaScript → wasm for every pcall,
 * which is slow and puts a JavaScript frame where JSPI cannot suspend.
 * @module
 */
import { AnchorError, once } from "./anchors.ts";
import { spend } from "./budget.ts";
import type { WatModule } from "./wat-module.ts";

/** Budget units of a throw: Firefox takes 13 µs for one, so a slice of cheap-looking errors would outlast the deadline. */
const throwCost = 100;

/**
 * The indirect call has a function of its own: WebKit 2.50's interpreter tier does not catch what is thrown through a
 * call_indirect written directly inside `try`, so the first error on a cold instance would escape.
 */
const shim = `(tag $longjmp)
(func $env._emscripten_throw_longjmp
${spend(throwCost)}
throw $longjmp)
(func $longjmp_callee (param $f i32) (param $a i32) (param $b i32)
local.get $a
local.get $b
local.get $f
call_indirect (param i32 i32))
(func $env.invoke_vii (param $f i32) (param $a i32) (param $b i32) (local $sp i32)
global.get $g0
local.set $sp
try
local.get $f
local.get $a
local.get $b
call $longjmp_callee
catch $longjmp
local.get $sp
global.set $g0
i32.const 1
i32.const 0
call $setThrew
end)`;

export function internaliseLongjmp(module: WatModule): void {
  for (const name of ["invoke_vii", "_emscripten_throw_longjmp"]) {
    const line = once(module.find(new RegExp(`^\\(import "env" "${name}" `)), `import ${name}`);
    module.replace(line, "");
  }
  if (module.exported("setThrew") !== "$setThrew") throw new AnchorError("setThrew", "has another name");
  const stackSave = module.function(module.exported("stackSave"));
  if (!module.body(stackSave).includes("global.get $g0")) {
    throw new AnchorError("stack pointer", "stackSave does not read global 0");
  }
  module.addField("func", shim);
}

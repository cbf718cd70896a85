/**
 * Lua's setjmp/longjmp with wasm exceptions inside the module. wasmoon goes wasm → JavaScript → wasm for every pcall,
 * which is slow and puts a JavaScript frame where JSPI cannot suspend.
 * @module
 */
import { AnchorError, once } from "./anchors.ts";
import { spend } from "./budget.ts";
import type { WatFunction, WatModule } from "./wat-module.ts";

/** Budget units of a throw: Firefox takes 13 µs for one, so a slice of cheap-looking errors would outlast the deadline. */
const throwCost = 100;

const shim = `(tag $longjmp)
(func $env._emscripten_throw_longjmp
${spend(throwCost)}
throw $longjmp)
(func $longjmp_callee (param $f i32) (param $a i32) (param $b i32)
local.get $a
local.get $b
local.get $f
call_indirect (param i32 i32))`;

/**
 * In the place of the call, without a frame of its own: every level of pcall and of coroutines stands on this. The callees
 * that nest are called by name. An indirect call has a function to itself: WebKit 2.50's interpreter tier does not catch
 * what is thrown through a call_indirect written directly inside `try`, so the first error on a cold instance would escape.
 */
function guardedCall(nesting: readonly { readonly slot: number; readonly name: string }[]): string {
  const direct = nesting.map(
    ({ slot, name }) =>
      `local.get $f\ni32.const ${slot}\ni32.eq\nif $direct\nlocal.get $a\nlocal.get $b\ncall ${name}\nbr $called\nend`,
  );
  return `local.set $b
local.set $a
local.set $f
global.get $g0
local.set $sp
try
block $called
${direct.join("\n")}
local.get $f
local.get $a
local.get $b
call $longjmp_callee
end
catch $longjmp
local.get $sp
global.set $g0
i32.const 1
i32.const 0
call $setThrew
end`;
}

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
  const call = once(module.find(/^call \$env\.invoke_vii$/), "protected call");
  const protectedCall = once(
    module.functions.filter((fn) => fn.start < call && call < fn.end),
    "luaD_rawrunprotected",
  );
  module.insertAfter(protectedCall.start, "(local $f i32) (local $a i32) (local $b i32) (local $sp i32)");
  module.replace(call, guardedCall(nestingCallees(module, protectedCall)));
  module.addField("func", shim);
}

/** What lua_pcallk and lua_resume run protected, by their slots in the function table. */
function nestingCallees(module: WatModule, protectedCall: WatFunction): { slot: number; name: string }[] {
  const elements = module.line(once(module.find(/^\(elem /), "function table"));
  const table = elements.match(/\$\S+(?=[ )])/g)?.slice(1) ?? [];
  const protect = new Set([
    protectedCall.name,
    ...module.functions.filter((fn) => module.body(fn).includes(`call ${protectedCall.name}`)).map((fn) => fn.name),
  ]);
  return ["lua_pcallk", "lua_resume"].map((name) => {
    const caller = module.function(module.exported(name));
    const passed = module.linesOf(caller, /^local\.get \$p0$/).flatMap((line) => {
      const code = module.lines.slice(line, line + 5).join(" ");
      const slot = /^local\.get \$p0 i32\.const (\d+) local\.get \S+ i32\.const \d+ i32\.add$/.exec(code)?.[1];
      const calls = module.lines.slice(line, line + 12).some((text) => protect.has(text.replace(/^call /, "")));
      return slot !== undefined && calls ? [Number(slot)] : [];
    });
    const [slot = 0] = passed;
    const callee = table[slot - 1];
    if (callee === undefined) throw new AnchorError(name, "does not pass a function to its protected call");
    return { slot, name: callee };
  });
}

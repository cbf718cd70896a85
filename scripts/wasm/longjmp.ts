/**
 * Lua's setjmp/longjmp with wasm exceptions inside the module. wasmoon goes wasm → JavaScript → wasm for every pcall,
 * which is slow and puts a JavaScript frame where JSPI cannot suspend.
 * @module
 */
import { AnchorError, once } from "./anchors.ts";
import { spend } from "./metering/budget.ts";
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

/** What luaD_rawrunprotected works on, as it stood there. */
interface Frame {
  /** Bytes of its frame on the C stack, and where in it `struct lua_longjmp` and its status lie. */
  readonly bytes: number;
  readonly jump: number;
  readonly status: number;
  /** Members of lua_State. */
  readonly errorJump: string;
  readonly calls: string;
  /** The address where setThrew notes which jump is meant. */
  readonly threw: string;
}

/** A callee by its slot in the function table, and what calls it with `$p2` once `$p0` is on the stack. */
interface Callee {
  readonly slot: number;
  readonly code: string;
}

/** `struct lua_longjmp`: its predecessor comes before the buffer longjmp is called with. */
const buffer = 4;

/**
 * luaD_rawrunprotected by hand: every level of pcall and of coroutines stands on it, so its frame is small, and nothing is
 * allocated. The callees that nest are called by name. An indirect call has a function to itself: WebKit 2.50's
 * interpreter tier does not catch what is thrown through a call_indirect written directly inside `try`, so the first error
 * on a cold instance would escape.
 */
function protectedBody(frame: Frame, nesting: readonly Callee[]): string {
  const direct = nesting.map(
    ({ slot, code }) => `local.get $p1\ni32.const ${slot}\ni32.eq\nif $direct\nlocal.get $p0\n${code}\nbr $called\nend`,
  );
  return `(local $jump i32) (local $calls i32)
global.get $g0
i32.const ${frame.bytes}
i32.sub
local.tee $jump
global.set $g0
local.get $jump
i32.const 0
i32.store offset=${frame.status}
local.get $jump
local.get $p0
i32.load ${frame.errorJump}
i32.store offset=${frame.jump}
local.get $p0
local.get $jump
i32.const ${frame.jump}
i32.add
i32.store ${frame.errorJump}
local.get $p0
i32.load ${frame.calls}
local.set $calls
try $protected
block $called
${direct.join("\n")}
local.get $p1
local.get $p0
local.get $p2
call $longjmp_callee
end
catch $longjmp
${frame.threw}
i32.load
local.get $jump
i32.const ${frame.jump + buffer}
i32.add
i32.ne
if $of_another
rethrow $protected
end
local.get $jump
global.set $g0
${frame.threw}
i32.const 0
i32.store
end
local.get $p0
local.get $calls
i32.store ${frame.calls}
local.get $p0
local.get $jump
i32.load offset=${frame.jump}
i32.store ${frame.errorJump}
local.get $jump
i32.const ${frame.bytes}
i32.add
global.set $g0
local.get $jump
i32.load offset=${frame.status}`;
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
  const frame = frameOf(module, protectedCall);
  const callees = nestingCallees(module, protectedCall);
  for (let line = protectedCall.start + 1; line < protectedCall.end - 1; line++) module.replace(line, "");
  module.insertAfter(protectedCall.start, protectedBody(frame, callees));
  module.addField("func", shim);
}

/** A function that only takes its argument apart for another one (f_call) needs no frame for that. */
function inPlace(module: WatModule, name: string): string {
  const body = module.body(module.function(name)).slice(1, -1);
  const plain = /^local\.get \$p0 (?:local\.get \$p1 i32\.load(?: offset=\d+)? )+call \S+$/.test(body.join(" "));
  if (!plain) return `local.get $p2\ncall ${name}`;
  return body.slice(1).join("\n").replaceAll("$p1", "$p2");
}

function frameOf(module: WatModule, fn: WatFunction): Frame {
  const body = module.body(fn).join(" ");
  const found =
    /global\.get \$g0 i32\.const (\d+) i32\.sub local\.tee (\$\w+) global\.set \$g0 .*local\.get \$p0 i32\.load (offset=\d+) local\.set (\$\w+) local\.get \2 i32\.const 0 i32\.store offset=(\d+) local\.get \2 local\.get \$p0 i32\.load (offset=\d+) i32\.store offset=(\d+) /.exec(
      body,
    );
  const threw = /(i32\.const \d+) local\.get \$p0 i32\.store/.exec(
    module.body(module.function(module.exported("setThrew"))).join(" "),
  )?.[1];
  const [, bytes, , calls, saved, status, errorJump, jump] = found ?? [];
  const restores = `local.get $p0 local.get ${saved} i32.store ${calls}`;
  if (calls === undefined || errorJump === undefined || threw === undefined || !body.includes(restores)) {
    throw new AnchorError("luaD_rawrunprotected", "is not what it was");
  }
  return { bytes: Number(bytes), jump: Number(jump), status: Number(status), errorJump, calls, threw };
}

/** What lua_pcallk and lua_resume run protected, by their slots in the function table. */
function nestingCallees(module: WatModule, protectedCall: WatFunction): Callee[] {
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
    return { slot, code: inPlace(module, callee) };
  });
}

/**
 * The wording of LuaJIT in errors of the virtual machine and the parser: `attempt to index field 'x' (a nil value)`,
 * `'for' limit must be a number`, `unexpected symbol near '<eof>'`. Skills and the models that write them know these texts.
 * @module
 */
import { AnchorError, once } from "../anchors.ts";
import { explainSuffixes, suffixed } from "../luajit/numerals.ts";
import type { WatFunction, WatModule } from "../wat-module.ts";
import type { StaticData } from "./static-data.ts";
import { replaceStaticText } from "./static-text.ts";

const typeError = "attempt to %s a %s value%s";
const namedTypeError = "attempt to %s%s (a %s value)";
/** A search path of the package library, which is left out (trim.ts): room for the new texts. */
const freeText =
  "/usr/local/share/lua/5.4/?.lua;/usr/local/share/lua/5.4/?/init.lua;/usr/local/lib/lua/5.4/?.lua;/usr/local/lib/lua/5.4/?/init.lua;./?.lua;./?/init.lua";
const stringArithmetic = "attempt to %s a '%s' with a '%s'";
const arithmetic = "attempt to perform arithmetic on a %s value";
const syntaxError = "syntax error";
const assignment = "'=' expected";
/** What is known of the value in question, e.g. ` (field 'x')`. */
const variable = " (%s '%s')";
/** Where the name begins in ` field 'x'`. */
const nameAt = " field '".length;
/** What Lua 5.4 has no name for either, but says so: ` for iterator 'for iterator'`, ` field '?'`, ` field 'integer index'`. */
const [loopIterator, unknown, integerIndex] = [littleEndian("fo"), littleEndian("?"), littleEndian("integer ")];
/** Tokens of Lua 5.4 from here to the end are `<eof>`, `<number>`, `<integer>`, `<name>`, `<string>`. */
const endOfStream = 288;
const lastToken = 292;
/** Kinds of expressions of Lua 5.4 from here on are variables: locals, upvalues, constants, indexed ones. */
const firstVariable = 9;
const variables = 7;
/** The kind of a call. */
const call = 18;

const replacements = [
  [freeText, `${namedTypeError}\0${arithmetic}\0${assignment}\0${suffixed}`],
  [variable, " %s '%s'"],
  ["bad 'for' %s (number expected, got %s)", "'for' %s must be a number"],
  ["invalid conversion '%s' to 'format'", "invalid option '%s' to 'format'"],
  ["no visible label '%s' for <goto> at line %d", "undefined label '%s'"],
  ["label '%s' already defined on line %d", "duplicate label '%s'"],
  ["break outside loop at line %d", "no loop to break"],
  ["(null)", "NULL"],
] as const;

/** Together with {@link writeLuaJitErrorTexts}, on the module this one has become. */
export function wordErrorsAsLuaJit(module: WatModule, data: StaticData): void {
  for (const [from] of replacements) data.assertUnshared(module, from);
  nameBeforeType(module, data);
  nameOneOperand(module, data);
  quoteAllTokens(module, data);
  const room = data.address(freeText) + namedTypeError.length + arithmetic.length + 2;
  expectAssignment(module, data, room);
  explainSuffixes(module, data, room + assignment.length + 1);
}

/** Changes `wasm` in place. */
export function writeLuaJitErrorTexts(wasm: Uint8Array): void {
  for (const [from, to] of replacements) replaceStaticText(wasm, from, to);
}

/** As a load reads it. */
function littleEndian(text: string): bigint {
  return [...text].reduceRight((value, character) => (value << 8n) | BigInt(character.charCodeAt(0)), 0n);
}

/** typeerror(L, o, op, extra) formats `op`, type and `extra` in this order; with a name it is `op`, `extra`, type. */
function nameBeforeType(module: WatModule, data: StaticData): void {
  const fn = once(data.usersOf(module, typeError), "typeerror");
  const constant = once(module.linesOf(fn, new RegExp(`^${data.constantOf(typeError)}$`)), "format of typeerror");
  const stores =
    /^local\.get \$p0 local\.get \$p1 call \S+ local\.set \$p1 local\.get (\$\w+) local\.get \$p3 i32\.store offset=8 local\.get \1 local\.get \$p1 i32\.store offset=4 local\.get \1 local\.get \$p2 i32\.store local\.get \$p0$/;
  if (!stores.test(module.lines.slice(constant - 14, constant).join(" "))) {
    throw new AnchorError("typeerror", "does not store its arguments as it did");
  }
  const room = data.address(freeText);
  module.addLocal(fn, "$format", data.constantOf(typeError));
  module.insertAfter(
    constant - 11,
    `local.get $p3
i32.load8_u
i32.eqz
local.get $p3
i32.load16_u offset=1 align=1
i32.const ${loopIterator}
i32.eq
i32.or
local.get $p3
i32.load8_u offset=${nameAt}
i32.const ${unknown}
i32.eq
i32.or
local.get $p3
i64.load offset=${nameAt} align=1
i64.const ${integerIndex}
i64.eq
i32.or
if $nameless
i32.const ${room + namedTypeError.length}
local.set $p3
else
local.get $p1
local.get $p3
local.set $p1
local.set $p3
i32.const ${room}
local.set $format
end`,
  );
  module.replace(constant, "local.get $format");
}

/** Arithmetic on strings, where one operand is no number: `operation`, type, type become the type of that operand. */
function nameOneOperand(module: WatModule, data: StaticData): void {
  const fn = once(data.usersOf(module, stringArithmetic), "arithmetic on strings");
  const constant = once(module.linesOf(fn, new RegExp(`^${data.constantOf(stringArithmetic)}$`)), "format of trymt");
  const stores =
    /i32\.store offset=8 local\.get (\$\w+) local\.get \$p1 i32\.store offset=4 local\.get \1 local\.get \$p2 i32\.const 2 i32\.add i32\.store local\.get \$p0$/;
  const buffer = stores.exec(module.lines.slice(constant - 10, constant).join(" "))?.[1];
  if (buffer === undefined) throw new AnchorError("trymt", "does not store its arguments as it did");
  module.insertBefore(
    constant - 1,
    `local.get ${buffer}
local.get ${buffer}
i32.const 8
i32.const 4
local.get $p0
i32.const 1
call ${module.exported("lua_isnumber")}
select
i32.add
i32.load
i32.store`,
  );
  module.replace(constant, `i32.const ${data.address(freeText) + namedTypeError.length + 1}`);
}

/**
 * A variable that stands alone is taken for the left side of an assignment; what is neither that nor a call, `(a)` for
 * example, is a syntax error: exprstat, within the biggest user of the text.
 */
function expectAssignment(module: WatModule, data: StaticData, address: number): void {
  const [statement, ...others] = data.usersOf(module, syntaxError).sort((a, b) => b.end - b.start - (a.end - a.start));
  const [targets] = others;
  if (statement === undefined || targets === undefined || others.length !== 1)
    throw new AnchorError("statements", "are not parsed as they were");
  const at = once(module.linesOf(statement, new RegExp(`^${data.constantOf(syntaxError)}$`)), "exprstat");
  const kinds = module.lines.slice(at - 20, at).join("\n");
  const kind = /(local\.get \$l\d+\ni32\.load offset=\d+)\ni32\.const 18\ni32\.eq\nif /.exec(kinds)?.[1];
  if (kind === undefined) throw new AnchorError("exprstat", "does not look for a call as it did");
  module.replace(
    at,
    `i32.const ${address}
${data.constantOf(syntaxError)}
${kind}
i32.const ${firstVariable}
i32.sub
i32.const ${variables}
i32.lt_u
select`,
  );
  endAtCall(module, data, targets);
}

/** What follows a call, `f() = 1`, begins no statement: restassign, as long as it looks at the first of its targets. */
function endAtCall(module: WatModule, data: StaticData, targets: WatFunction): void {
  const at = once(module.linesOf(targets, new RegExp(`^${data.constantOf(syntaxError)}$`)), "restassign");
  module.insertBefore(at, data.constantOf("unexpected symbol"));
  module.insertAfter(
    at,
    `local.get $p1
i32.load offset=8
i32.const ${call}
i32.eq
local.get $p1
i32.load
i32.eqz
i32.and
select`,
  );
}

/** luaX_token2str, which the compiler has put into luaX_syntaxerror's too, quotes reserved words and symbols only. */
function quoteAllTokens(module: WatModule, data: StaticData): void {
  const users = data.usersOf(module, "'<\\%d>'");
  if (users.length !== 2) throw new AnchorError("token names", `are made in ${users.length} functions, expected two`);
  for (const fn of users) {
    const bound = module.linesOf(fn, new RegExp(`^i32\\.const ${endOfStream - 1}$`)).filter((line) => {
      return module.line(line + 1) === "i32.gt_u";
    });
    module.replace(once(bound, "tokens without quotes"), `i32.const ${lastToken}`);
  }
}

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LuaFactory } from "wasmoon";
import { compactLua } from "./lua-text.ts";

const sources = ["src", "demo"]
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`))
  .filter((file) => file.endsWith(".lua"));

// What we ship writes no bytecode.
const lua = await new LuaFactory().createEngine();
const quoted = (text: string) => `[=====[\n${text}]=====]`;

/** The compiler's verdict: same bytecode, line numbers included. */
function compilesTheSame(source: string, compacted: string): boolean {
  return lua.doStringSync(`local a, b = assert(load(${quoted(source)}, "=x")), assert(load(${quoted(compacted)}, "=x"))
    return string.dump(a) == string.dump(b)`);
}

test.each(sources)("%s compiles to the same bytecode, lines included", (file) => {
  const source = readFileSync(file, "utf8");
  expect(source).not.toContain("]=====]");
  expect(compilesTheSame(source, compactLua(source))).toBe(true);
});

test.each([
  ["return 1 -- one", "return 1"],
  ["--[[ a\nb ]] return 2", "\nreturn 2"],
  ["local a = 1 --[==[ x ]] ]==] return a", "local a=1 return a"],
  ["return 'a  -- b', \"c  --d\"", "return'a  -- b',\"c  --d\""],
  ["return [[ a\n  b -- c ]]", "return[[ a\n  b -- c ]]"],
  ["return 'it\\'s  \\\n  me'", "return'it\\'s  \\\n  me'"],
  ["local\tx = 5\n\n  return   x - -x", "local x=5\n\nreturn x- -x"],
  ["return { 1 .. 2, t[ [[k]] ], 3 - .5, a .. .5, 0x1 .. b } ", "return{1 .. 2,t[ [[k]]],3-.5,a.. .5,0x1 ..b}"],
  ["return 3 -", undefined],
])("%j", (source, expected) => {
  if (expected !== undefined) {
    expect(compactLua(source)).toBe(expected);
    expect(compilesTheSame(source, expected)).toBe(true);
  } else expect(compactLua(source)).toBe("return 3-");
});

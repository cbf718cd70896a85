import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { LuauSyntaxError, toLua } from "../../../src/genx/luau/to-lua.ts";
import { testVm } from "../../../src/testing/test-vm.ts";
import { runOnLuau } from "./luau.ts";
import { randomProgram, randomTokens } from "./random.ts";
import { snippets } from "./snippets.ts";

const root = path.resolve(import.meta.dirname, "../../..");

/** What the translation of a text says: its first result, or its error. */
async function translated(sources: readonly string[]): Promise<{ value?: unknown; error?: string }[]> {
  const { first } = await testVm();
  const answers = [];
  for (const source of sources) {
    try {
      answers.push({
        value: await first("return load(..., '=snippet', 't', setmetatable({}, { __index = _G }))()", toLua(source)),
      });
    } catch (error) {
      answers.push({ error: String(error) });
    }
  }
  return answers;
}

describe("the translation against Luau itself", () => {
  it("says what Luau says, and refuses what Luau refuses", async () => {
    // Lua 5.4 written by hand is read, too; Luau has no attributes of locals.
    const lua = new Set(["local a <const> = 1 return a"]);
    const texts = snippets.filter((text) => !lua.has(text));
    const [ours, theirs] = await Promise.all([translated(texts), runOnLuau(texts)]);
    for (const [i, text] of texts.entries()) {
      const said = theirs[i];
      if (said?.error !== undefined) expect({ text, ...ours[i] }).toMatchObject({ text, error: expect.any(String) });
      else expect({ text, ...ours[i] }).toEqual({ text, value: said?.value });
    }
    expect(theirs.filter(({ error }) => error === undefined).length).toBeGreaterThan(30);
  });

  it("says what Luau says of programs made by chance", async () => {
    const programs = Array.from({ length: 150 }, (_, seed) => randomProgram(seed + 1));
    const [ours, theirs] = await Promise.all([translated(programs), runOnLuau(programs)]);
    for (const [i, program] of programs.entries()) {
      expect({ program, ...ours[i] }).toEqual({ program, value: theirs[i]?.value ?? theirs[i]?.error });
    }
  });
});

describe("lines and positions", () => {
  it("moves no line", () => {
    for (const text of snippets) {
      let lua: string;
      try {
        lua = toLua(text);
      } catch {
        continue;
      }
      expect(lua.split("\n").length, text).toBe(text.split("\n").length);
    }
  });

  it("keeps the column of what stands behind an erased type", () => {
    const text = "local x: number, y: { string } = 1, {}";
    expect(toLua(text).indexOf("= 1")).toBe(text.indexOf("= 1"));
    expect(toLua(text)).toHaveLength(text.length);
  });

  it.each([
    ["local a = 1\nlocal b: = 2", "expected a type, got '=' (line 2, column 10)"],
    ["local x = 1\n  continue", "continue outside a loop (line 2, column 3)"],
    ["return `a{1 + }`", "expected an expression, got '}`' (line 1, column 15)"],
    ["x = 'a\nb'", "unfinished string (line 1, column 5)"],
    ["--[[ a\nb", "unfinished long string or comment (line 1, column 1)"],
    ["local s = `abc\n", "unfinished interpolated string (line 1, column 11)"],
    ["if x then\n  y()\n", "expected 'end' to close 'if', got the end of the text (line 3, column 1)"],
    ["f(\n\n$)", "unexpected character '$' (line 3, column 1)"],
    [
      "local a\nrepeat\n if a then continue end\n local b = 1\nuntil b",
      "local b used in the repeat..until condition is undefined because continue on line 3 jumps over it (line 5, column 7)",
    ],
  ])("%j: %s", (text, message) => {
    expect(() => toLua(text)).toThrow(message);
    expect(() => toLua(text)).toThrow(LuauSyntaxError);
  });
});

describe("Lua 5.4", () => {
  it("comes out as it was, but for the list of a generic for", async () => {
    const files = [];
    for (const folder of ["src", "demo/skills", "test"]) {
      const names = await readdir(path.join(root, folder), { recursive: true });
      files.push(...names.filter((name) => name.endsWith(".lua")).map((name) => path.join(root, folder, name)));
    }
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      const text = await readFile(file, "utf8");
      const lua = toLua(text);
      const undone = lua
        .replace(/^local __luau.*?end\)\([^)]*\) /, "")
        .replace(/ in __luau_iterate\(([\s\S]*?)\) do\b/g, " in $1 do");
      expect(undone, file).toBe(text);
    }
  });

  it.each([
    "goto done do local x = 1 << 2 >> 1 & 3 | 4 ~ ~5 end ::done:: return 1",
    "local a <const>, b <close> = 1, nil local x = y ::label:: return x",
    "goto continue ::continue:: return 0x1p4 // 2",
    "return a<<b, a >> b, {f = 1}, a < b, b > (c)",
  ])("%s", (text) => expect(toLua(text)).toBe(text));
});

it("ends on anything", () => {
  for (let seed = 1; seed <= 10_000; seed++) {
    const text = randomTokens(seed);
    try {
      toLua(text);
    } catch (error) {
      if (!(error instanceof LuauSyntaxError)) throw new Error(`${String(error)} of ${JSON.stringify(text)}`);
    }
  }
  for (const open of ["(", "{", "if ", "- ", "`{", "function() ", "do ", "local x: {", "x = if a then ", "a.."]) {
    expect(() => toLua(open.repeat(20_000))).toThrow(LuauSyntaxError);
  }
});

it("takes its helpers before the script can change them", async () => {
  const { first } = await testVm();
  const lua = toLua("tostring = nil next = nil type = nil local n = 0 for _, v in { 1, 2 } do n += v end return `{n}`");
  expect(await first(lua)).toBe("3");
});

it("reads the Wippy dialect on request", async () => {
  const { first } = await testVm();
  const text = "local x: string[] = { 'a' } as string[] local y = x[1] as string return y";
  expect(() => toLua(text)).toThrow(LuauSyntaxError);
  expect(await first(toLua(text, { dialect: "wippy" }))).toBe("a");
});

describe("annotations for editors", () => {
  const source = `export type Session = { id: string, key: string?, roles: {string} }
type Callback<T> = (value: T, number) -> (boolean, string?)
local cache: {[string]: Session} = {}
function M.get<T>(id: string, opts: {timeout: number}?, ...: any): (Session?, string?)
  return (cache[id] :: unknown) :: Session
end
local t = {
  run = function(x: "a" | "b"): () end,
  s = [[
]], other = function(q: string) end,
}`;

  it("are what the types said, in front of their lines and never inside a string", () => {
    const notes = toLua(source, { annotations: true }).match(/---@.*|--\[==\[.*?\]==\]/g);
    expect(notes).toEqual([
      "---@class Session",
      "---@field id string",
      "---@field key? string",
      "---@field roles string[]",
      "---@alias Callback<T> fun(value: T, _2: number): boolean, string?",
      "---@type table<string, Session>",
      "---@generic T",
      "---@param id string",
      "---@param opts? { timeout: number }",
      "---@param ... any",
      "---@return Session?, string?",
      "--[==[@as unknown ]==]",
      "--[==[@as Session ]==]",
      '---@param x "a"|"b"',
    ]);
  });

  it("change nothing of what a text does", async () => {
    const { first } = await testVm();
    for (const text of snippets) {
      let plain: string;
      try {
        plain = toLua(text);
      } catch {
        continue;
      }
      const run = "return select(2, pcall(load(..., '=snippet', 't', setmetatable({}, { __index = _G }))))";
      const annotated = toLua(text, { annotations: true });
      expect(String(await first(run, annotated)).replace(/\d+/g, ""), text).toBe(
        String(await first(run, plain)).replace(/\d+/g, ""),
      );
    }
  });
});

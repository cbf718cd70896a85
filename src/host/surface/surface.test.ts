import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Runtime } from "../../contract/contract.ts";
import { createNodeRuntime } from "../../platforms/node/node.ts";
import { luaAnnotations, parseSignature } from "./annotations.ts";
import type { SurfaceFunction } from "./entry.ts";
import { surface } from "./surface.ts";

/** Every function below `vulcan`, dotted, sorted. */
const walk = `
local out = {}
local function walk(t, prefix)
  for key, value in pairs(t) do
    if type(value) == "table" then walk(value, prefix .. key .. ".")
    elseif type(value) == "function" then out[#out + 1] = prefix .. key end
  end
end
walk(vulcan, "")
table.sort(out)
`;

const functions = surface.filter((entry): entry is SurfaceFunction => entry.kind === "function");
const isMethod = (name: string) => name.includes(":");
const named = (list: readonly SurfaceFunction[]) => list.map((entry) => entry.name).sort();

describe("the table of the surface", () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await createNodeRuntime({ storage: { kind: "memory" } });
  });
  afterAll(() => runtime.close());

  it("has exactly the functions of a live main VM", async () => {
    const live = await runtime.runLua(`${walk} return out`);
    expect(live).toEqual(named(functions.filter((entry) => !isMethod(entry.name))));
  });

  it("has exactly the functions of a live luaexec VM, without those of the main VM only", async () => {
    const report = await runtime.luaexec({ code: `${walk} return table.concat(out, " ")` });
    const live = /```text\n(.*)\n```/.exec(report)?.[1]?.split(" ");
    expect(live).toEqual(named(functions.filter((entry) => !isMethod(entry.name) && entry.vm !== "main")));
  });

  it("has the fields of a live VM", async () => {
    const fields = surface.filter((entry) => entry.kind === "field");
    const live = (await runtime.runLua(
      `local out = {}
      for _, name in ipairs(args.names) do
        local value = vulcan
        for part in name:gmatch("[^.]+") do value = value[part] end
        out[name] = type(value)
      end
      return out`,
      { names: fields.map((entry) => entry.name) },
    )) as Record<string, string>;
    for (const { name, type } of fields) {
      const expected = type.endsWith("?") ? /^(string|table|nil)$/ : /^(string|table|boolean)$/;
      expect(live[name], name).toMatch(expected);
    }
  });

  it("has the methods of a live file handle, and no others of them", async () => {
    const methods = named(functions.filter((entry) => entry.name.startsWith("vulcan.io.File:"))).map((name) =>
      name.slice(name.indexOf(":") + 1),
    );
    const live = await runtime.runLua(
      `local file = vulcan.io.tmpfile()
      local out = {}
      for _, name in ipairs(args.methods) do if type(file[name]) == "function" then out[#out + 1] = name end end
      file:close()
      return out`,
      { methods },
    );
    expect(live).toEqual(methods);
  });

  it("names nothing twice and has sound signatures", () => {
    const names = surface.map((entry) => `${entry.kind} ${entry.name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const entry of functions) expect(() => parseSignature(entry.signature), entry.name).not.toThrow();
  });

  it("is what types/vulcan.d.lua says", async () => {
    const file = await readFile("types/vulcan.d.lua", "utf8");
    expect(file, "run `npm run lua-types`").toBe(luaAnnotations(surface));
    // It has to be Lua as well: a chunk that only makes tables.
    expect(
      await runtime.runLua(`local chunk, message = load(args.text, "=types", "t", {}) return message or type(chunk)`, {
        text: file,
      }),
    ).toBe("function");
  });
});

describe("signatures", () => {
  it("split at the outer commas only", () => {
    expect(
      parseSignature(
        "(a: { b: string, c: fun(x: integer): string }, d?: table<string, number>, ...: any): X?, fun(): string?",
      ),
    ).toEqual({
      parameters: [
        { name: "a", type: "{ b: string, c: fun(x: integer): string }" },
        { name: "d?", type: "table<string, number>" },
        { name: "...", type: "any" },
      ],
      results: ["X?", "fun(): string?"],
    });
    expect(parseSignature("()")).toEqual({ parameters: [], results: [] });
    expect(() => parseSignature("(a)")).toThrow("a parameter without a type");
    expect(() => parseSignature("a: string")).toThrow("not a signature");
  });
});

import { describe, expect, it } from "vitest";
import { evaluate, testLua } from "../../testing/test-wasm.ts";
import { arg, defineModule, defineType, fn, generateAnnotations, generateTypeScript, t } from "../index.ts";

class Place {}
const PlaceType = defineType("geo.Place", {
  of: Place,
  description: "A place",
  methods: { name: fn({ returns: [t.string], run: (_call, _self: Place) => "x" }) },
});
const geo = defineModule({
  name: "geo",
  description: "Distances and place lookup",
  class: ["network", "io"],
  permissions: ["geo.lookup"],
  types: [PlaceType],
  constants: { EARTH_KM: 6371 },
  functions: {
    lookup: fn({
      params: [arg.string("place"), arg.record({ exact: arg.boolean().opt() }, "opts").opt()],
      returns: [PlaceType, t.optional(t.luaError)],
      description: "Finds a place",
      run: async () => new Place(),
    }),
    all: fn({ params: [arg.rest(arg.number("n"))], returns: [t.array(t.union(t.string, t.nil))], run: () => [] }),
  },
});

const golden = `---@meta geo

---A place
---@class geo.Place
local Place = {}

---@return string
function Place:name() end

---Distances and place lookup. Classes: network, io. Permissions: geo.lookup.
---@class geo
---@field EARTH_KM integer
local geo = {}

---Finds a place
---@async
---@param place string
---@param opts? { exact?: boolean }
---@return geo.Place
---@return LuaError? err
function geo.lookup(place, opts) end

---@param ... number
---@return (string|nil)[]
function geo.all(...) end

return geo
`;

describe("generateAnnotations", () => {
  it("writes what a language server reads, the same bytes every time", async () => {
    const files = generateAnnotations([geo]);
    expect(files.map((file) => file.path)).toEqual(["library/geo.d.lua", "library/errors.d.lua", ".luarc.json"]);
    expect(files[0]?.text).toBe(golden);
    expect(generateAnnotations([geo])).toEqual(files);
    const lua = await testLua();
    const vm = lua.createVm({ preludes: [] });
    for (const file of files.filter((each) => each.path.endsWith(".lua"))) vm.compile(file.text, file.path).release();
    expect(await evaluate(vm, "return 1")).toEqual([1]);
  });

  it("other dialects", () => {
    expect(generateAnnotations([geo], { dialect: "luau" })[0]?.text).toContain(
      "lookup: (string, ({ exact: (boolean)? })?) -> (geo_Place, (LuaError)?),".replace(
        "geo_Place",
        "{ name: (any) -> (string) }",
      ),
    );
    expect(generateAnnotations([geo], { dialect: "markdown" })[0]?.text).toContain(
      "| `lookup(place: string, opts?: { exact?: boolean })` | geo.Place, LuaError? | waits | Finds a place |",
    );
    expect(JSON.parse(generateAnnotations([geo], { dialect: "json" })[0]?.text ?? "")).toMatchObject([
      { module: "geo" },
    ]);
    expect(generateTypeScript(geo)).toContain(
      'lookup: (place: string, opts?: { "exact"?: boolean | undefined }) => [geo_Place, LuaError | undefined];',
    );
  });
});

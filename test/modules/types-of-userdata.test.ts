import { afterEach, expect, it } from "vitest";
import {
  arg,
  defineModule,
  defineType,
  fn,
  generateAnnotations,
  generateTypeScript,
  t,
} from "../../src/modules/index.ts";
import { createTestRuntime, type TestRuntime } from "../../src/testing/kit/test-runtime.ts";

class Place {
  constructor(
    readonly name: string,
    readonly lat: number,
    readonly secret = "hidden",
  ) {}
}

const log: string[] = [];
const PlaceType = defineType<Place>({
  name: "geo.Place",
  of: Place,
  fields: { name: t.string, lat: t.number },
  methods: { shout: fn({ returns: [t.string], run: (_call, self: Place) => self.name.toUpperCase() }) },
  metamethods: {
    __index: (_call, self, key: unknown) => (key === "north" ? self.lat > 0 : undefined),
    __gc: (_call, self) => void log.push(`gc ${self.name}`),
    __close: (_call, self) => void log.push(`close ${self.name}`),
  },
  dispose: (self) => void log.push(`dispose ${self.name}`),
});
const geo = defineModule({
  name: "geo",
  description: "Places",
  class: ["deterministic"],
  types: [PlaceType],
  functions: {
    place: fn({
      params: [arg.string("name"), arg.number("lat")],
      returns: [PlaceType],
      run: (_call, name, lat) => new Place(name, lat),
    }),
  },
});

const open: TestRuntime[] = [];
async function world(...modules: (typeof geo)[]): Promise<TestRuntime> {
  const runtime = await createTestRuntime({ modules, grants: { "*": modules.map(({ name }) => name) } });
  open.push(runtime);
  return runtime;
}
afterEach(async () => {
  log.length = 0;
  for (const runtime of open.splice(0)) await runtime.close();
});

it("fields are read, and nothing else of the instance", async () => {
  const runtime = await world(geo);
  expect(
    await runtime.runLua(`local oslo = require("geo").place("Oslo", 59.5)
      return { oslo.name, oslo.lat, oslo.north, oslo:shout(), tostring(oslo.secret), tostring(oslo.constructor), tostring(oslo[1]), (pcall(function() oslo.name = "x" end)) }`),
  ).toEqual(["Oslo", 59.5, true, "OSLO", "nil", "nil", "nil", false]);
});

it("__close and __gc run before the host disposes of the object, each value once", async () => {
  const runtime = await world(geo);
  await runtime.runLua(`local geo = require("geo")
    do local a <close> = geo.place("A", 1) end
    geo.place("B", 2) collectgarbage() collectgarbage()
    kept = geo.place("C", 3)`);
  expect(log).toEqual(["close A", "dispose A", "gc B", "dispose B", "dispose C"]);
});

it("editors see the fields", () => {
  expect(generateAnnotations([geo]).find(({ path }) => path.endsWith("geo.d.lua"))?.text).toContain(
    "---@class geo.Place\n---@field name string\n---@field lat number\n",
  );
  expect(generateTypeScript(geo)).toContain("readonly name: string;\n  readonly lat: number;\n");
});

it("two types of one name are refused when they are not the same", async () => {
  const other = defineType("geo.Place", {
    of: class Other {},
    methods: { id: fn({ returns: [t.string], run: () => "o" }) },
  });
  const second = defineModule({
    name: "other",
    description: "Other places",
    class: ["deterministic"],
    types: [other],
    functions: {},
  });
  const third = defineModule({
    name: "third",
    description: "The same",
    class: ["deterministic"],
    types: [PlaceType],
    functions: {},
  });
  const runtime = await world(geo, second, third);
  expect(await runtime.runLua(`require("geo") require("third") return select(2, pcall(require, "other"))`)).toContain(
    "the type geo.Place is defined twice, with different functions",
  );
});

it("says what is wrong with a definition, by its member", () => {
  const refused = (options: object) => {
    try {
      return defineType(options as never);
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(refused({ of: Place })).toContain("the name must be");
  expect(refused({ name: "geo.Place", of: Place, method: {} })).toContain('unknown member "method"; known: of,');
  expect(
    refused({ name: "geo.Place", of: Place, fields: { name: t.string }, methods: { name: fn({ run: () => 1 }) } }),
  ).toContain('"name" is a method and a field');
  expect(() => (defineType as unknown as (name: string) => unknown)("geo.Place")).toThrow("the options are missing");
});

/**
 * A skill's manifest, a skill's Lua and a model's host bring schemas that nobody vouches for. Every way in has the same answers, and
 * comes back whatever the schema asks for. (With an engine that backtracks, 32 letters take longer than a test may.)
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostTool } from "../../src/adapters/tools/host-tool.ts";
import { toTools } from "../../src/adapters/tools/index.ts";
import type { Json, JsonObject, Runtime } from "../../src/contract/contract.ts";
import { LuaSkillsError } from "../../src/errors.ts";
import { readArguments } from "../../src/genx/tools/arguments.ts";
import { createNodeRuntime } from "../../src/platforms/node/node.ts";

const letters = "a".repeat(32);
type Answer = "fits" | "does not fit" | "the schema is refused" | "too much work";

/** What is asked of `properties.a`, its value, the answer. */
const cases: ReadonlyArray<readonly [what: string, schema: JsonObject, value: Json, answer: Answer]> = [
  ["a pattern", { pattern: "^[a-z]+-\\d{2}$" }, "ab-12", "fits"],
  ["a pattern that does not match", { pattern: "^[a-z]+-\\d{2}$" }, "ab-1", "does not fit"],
  ["(a+)+$", { pattern: "(a+)+$" }, `${letters}!`, "does not fit"],
  ["(a|a)*b", { pattern: "^(a|a)*b$" }, letters, "does not fit"],
  ["(.*)*x", { pattern: "(.*)*x$" }, letters, "does not fit"],
  [
    "nested groups of names",
    { patternProperties: { "^(([a-z])+.)+[A-Z]$": { type: "string" } } },
    { [letters]: 1 },
    "fits",
  ],
  ["a refused name", { patternProperties: { "^(a|b)+$": { type: "string" } } }, { [letters]: 1 }, "does not fit"],
  ["names by pattern", { propertyNames: { pattern: "^(([a-z])+.)+[A-Z]$" } }, { [letters]: 1 }, "does not fit"],
  ["in a reference", { $ref: "#/$defs/evil" }, `${letters}!`, "does not fit"],
  ["the format url", { format: "url" }, `http://${letters}^`, "does not fit"],
  ["look-ahead", { pattern: "^(?=.*[A-Z]).+$" }, "A", "the schema is refused"],
  ["a back reference", { pattern: "^(a+)\\1$" }, "aa", "the schema is refused"],
  ["a large expression", { pattern: "x{1000}".repeat(1000) }, "x", "the schema is refused"],
  ["a reference into nothing", { $ref: "#/$defs/none" }, 1, "the schema is refused"],
  ["a reference to itself", { $ref: "#/properties/a" }, 1, "too much work"],
  ["many equal items", { uniqueItems: true }, [...Array(3000).keys(), 0], "does not fit"],
];
const whole = (schema: JsonObject): JsonObject & { type: "object" } => ({
  type: "object",
  $defs: { evil: { pattern: "^((a|aa)+)+b$" } },
  properties: { a: schema },
});

const answerOf = (error: unknown): Answer | string => {
  const { code, message } = LuaSkillsError.from(error);
  if (code === "budget_exceeded") return "too much work";
  if (code === "invalid_manifest")
    return /the schema of .* cannot be used/.test(message) ? "the schema is refused" : message;
  return code === "invalid_argument" && message.startsWith("arguments of ") ? "does not fit" : message;
};
const answered = (work: Promise<unknown>) => work.then(() => "fits", answerOf);

let runtime: Runtime;
beforeAll(async () => {
  const entries = cases.map(
    ([, schema], i) => `
  - name: e${i}
    lua_entry: runtime/e.lua
    lua_module: demo.e${i}
    input_schema: ${JSON.stringify(whole(schema))}`,
  );
  runtime = await createNodeRuntime({
    skills: {
      "demo/skill.yaml": `name: demo\nversion: 0.1.0\nentries:${entries.join("")}\n`,
      "demo/runtime/e.lua": "return function() return 'ran' end",
    },
    modules: ["json"],
  });
});
afterAll(() => runtime?.close());

const inLua = `
  local ok, err = require("json").validate_string(args.schema, args.data)
  if ok then return "fits" end
  return err:kind() .. ": " .. tostring(err)`;
const luaAnswer = (text: string): Answer | string => {
  if (text.startsWith("Invalid: ") && text.includes("validation failed: #/a")) return "does not fit";
  if (text.includes("nested deeper than")) return "too much work";
  return text.includes("invalid schema: ") ? "the schema is refused" : text;
};

const ways: Readonly<Record<string, (at: number, schema: JsonObject, args: JsonObject) => Promise<string>>> = {
  "call(validate)": (at, _, args) => answered(runtime.call(`demo-e${at}`, args, { validate: true })),
  "toTools().execute": (at, _, args) =>
    answered(toTools(runtime).get(`demo-e${at}`)?.execute(args) ?? Promise.reject()),
  hostTool: async (_, schema, args) => {
    const tool = hostTool(() => "ran", { schema });
    const answer = (await tool(args, { signal: new AbortController().signal } as never)) as Json;
    if (answer === "ran") return "fits";
    const { code, message } = (answer as { error: { code: "invalid_argument"; message: string } }).error;
    return answerOf(new LuaSkillsError(code, message));
  },
  "arguments of a model": (_, schema, args) =>
    readArguments(JSON.stringify(args), schema).then(
      () => "fits",
      (error: unknown) => {
        if (!(error instanceof LuaSkillsError))
          return String(error).startsWith("Error: a") ? "does not fit" : String(error);
        return error.code === "budget_exceeded" ? "too much work" : "the schema is refused";
      },
    ),
  "json.validate": async (_, schema, args) =>
    luaAnswer(
      String(
        await runtime.runLua(
          inLua,
          { schema: JSON.stringify(schema), data: JSON.stringify(args) },
          { modules: ["json"] },
        ),
      ),
    ),
};

describe.each(Object.entries(ways))("%s", (_, way) => {
  test.each(cases.map((each, at) => [each[0], at, each] as const))(
    "%s",
    async (_name, at, [, schema, value, answer]) => {
      expect(await way(at, whole(schema), { a: value })).toBe(answer);
    },
  );
});

test("a load tells of the patterns that cannot be used", () => {
  expect(runtime.problems().map(({ severity, message }) => [severity, message.replace(/^.*entry /, "")])).toEqual([
    [
      "warning",
      expect.stringMatching(
        /^e10: .*"\^\(\?=\.\*\[A-Z\]\)\.\+\$" at #\/properties\/a\/pattern cannot be used: look-ahead/,
      ),
    ],
    ["warning", expect.stringMatching(/^e11: .* a back reference is not supported/)],
  ]);
});

test("a run pays for what its schemas ask for", async () => {
  const twice = {
    $defs: { a: { items: { allOf: [{ $ref: "#/$defs/a" }, { $ref: "#/$defs/a" }] } } },
    $ref: "#/$defs/a",
  };
  const deep = `${"[".repeat(100)}${"]".repeat(100)}`;
  const run = runtime.runLua(
    inLua,
    { schema: JSON.stringify(twice), data: deep },
    { timeoutMs: 200, modules: ["json"] },
  );
  // On a busy machine the time may be over before the run has begun.
  await expect(run).rejects.toMatchObject({ code: "deadline_exceeded" });
});

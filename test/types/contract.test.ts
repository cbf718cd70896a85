import { expectTypeOf, test } from "vitest";
import {
  type CallResult,
  createRuntime,
  type EntryDescriptor,
  type HelpPage,
  type HelpTree,
  type Json,
  type JsonObject,
  LuaSkillsError,
  type LuaSkillsErrorCode,
  type Runtime,
  type RuntimeEvents,
  type SqlResult,
  type StreamEvent,
} from "../../src/index.ts";

// The compiler is the judge here (the typecheck stage); at run time these do nothing.
declare const runtime: Runtime;
const uncalled = (_use: () => unknown) => {};

/** The shapes the vendors' own packages declare for a tool's arguments. */
type McpInputSchema = {
  type: "object";
  properties?: { [name: string]: object };
  required?: string[];
  [k: string]: unknown;
};
type OpenAiParameters = Record<string, unknown>;
type AnthropicInputSchema = { type: "object"; properties?: unknown; required?: string[] | null; [k: string]: unknown };

test("createRuntime takes nothing, or options by name", () => {
  expectTypeOf(createRuntime).returns.resolves.toExtend<Runtime>();
  uncalled(() => createRuntime());
  uncalled(() => createRuntime({ storage: { kind: "memory" }, limits: { callTimeoutMs: 100 } }));
  uncalled(() => createRuntime({ storage: "memory" }));
  // @ts-expect-error a directory has a path
  uncalled(() => createRuntime({ storage: "directory" }));
  // @ts-expect-error no such storage
  uncalled(() => createRuntime({ storage: { kind: "localstorage" } }));
  // @ts-expect-error no such option
  uncalled(() => createRuntime({ storge: { kind: "memory" } }));
});

test("databases are named by a skill or by a row of the list", () => {
  uncalled(async () => {
    const [info] = await runtime.databases.list();
    if (info) expectTypeOf(runtime.databases[info.kind].export(info)).resolves.toEqualTypeOf<Uint8Array>();
  });
  uncalled(() => expectTypeOf(runtime.databases.sqlite.query("a", "SELECT 1")).resolves.toEqualTypeOf<SqlResult>());
  uncalled(() => runtime.databases.lancedb.search("a", { table: "t", vector: new Float32Array(2) }));
  // @ts-expect-error a root alone names no database
  uncalled(() => runtime.databases.sqlite.tables({ rootName: "ROOT" }));
});

test("calls take JSON and give results as data", () => {
  uncalled(() => expectTypeOf(runtime.call("notes-add", { text: "milk" })).resolves.toEqualTypeOf<CallResult>());
  uncalled(() => expectTypeOf(runtime.runLua("return 1", [1, null])).resolves.toEqualTypeOf<Json>());
  uncalled(() => expectTypeOf(runtime.list()).toEqualTypeOf<readonly EntryDescriptor[]>());
  uncalled(() => expectTypeOf(runtime.stream("x")).toEqualTypeOf<AsyncIterable<StreamEvent>>());
  expectTypeOf<CallResult["content"]>().toEqualTypeOf<string>();
  interface Milk {
    text: string;
    amount?: number;
  }
  uncalled((milk: Milk = { text: "milk" }) => runtime.call("notes-add", milk));
  uncalled((fromModel: unknown = {}) => runtime.call("notes-add", fromModel));
  uncalled(() => expectTypeOf(runtime.help()).resolves.toEqualTypeOf<HelpTree[]>());
  uncalled(() => expectTypeOf(runtime.help("notes")).resolves.toEqualTypeOf<HelpPage | null>());
  uncalled(async () => expectTypeOf((await runtime.skills.install({ url: "x" })).status).toExtend<string>());
  expectTypeOf<EntryDescriptor["inputSchema"]>().toExtend<McpInputSchema & OpenAiParameters & AnthropicInputSchema>();
  // @ts-expect-error arguments are data, not functions
  uncalled(() => runtime.call("notes-add", { text: () => "milk" }));
  // @ts-expect-error the registry is not the caller's to change
  uncalled(() => runtime.list().pop());
});

test("listeners get the event of their name and can be taken off", () => {
  uncalled(() =>
    expectTypeOf(runtime.on("log", (event) => expectTypeOf(event).toEqualTypeOf<RuntimeEvents["log"]>())).toEqualTypeOf<
      () => void
    >(),
  );
  // @ts-expect-error no such event
  uncalled(() => runtime.on("logs", () => {}));
});

test("host tools are functions of JSON", () => {
  uncalled(() => createRuntime({ hostTools: { weather: async ({ city }) => ({ city: city ?? null, celsius: 20 }) } }));
  // @ts-expect-error a tool answers with JSON
  uncalled(() => createRuntime({ hostTools: { weather: () => new Map() } }));
});

test("errors have one class and a closed list of codes", () => {
  expectTypeOf(new LuaSkillsError("aborted", "x").code).toEqualTypeOf<LuaSkillsErrorCode>();
  // @ts-expect-error no such code
  uncalled(() => new LuaSkillsError("oops", "x"));
});

test("a runtime can be disposed of", () => {
  expectTypeOf<Runtime>().toExtend<AsyncDisposable>();
  expectTypeOf<JsonObject>().toExtend<Json>();
});

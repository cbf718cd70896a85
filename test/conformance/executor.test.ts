import { describe, expect, it } from "vitest";
import type { EngineOptions, Json } from "../../src/contract/contract.ts";
import type { Engine, EnginePlatform } from "../../src/engine/interface.ts";
import { LuaSkillsError } from "../../src/errors.ts";
import type { EngineReplies, EngineRequest } from "../../src/wire/ops.ts";
import type { Case, Setup, Step } from "./case-format.ts";
import { runCase } from "./executor.ts";
import type { ConformancePlatform } from "./platform.ts";

/** An engine that runs no Lua: `run_lua` code names what it should do. */
class FakeEngine implements Engine {
  readonly capabilities = {} as Engine["capabilities"];
  constructor(
    private readonly platform: EnginePlatform,
    readonly options: EngineOptions,
  ) {}
  snapshot() {
    return { entries: [], problems: [] };
  }
  async request<R extends EngineRequest>(request: R): Promise<EngineReplies[R["op"]]> {
    const reply = await this.#answer(request);
    await this.platform.store.commit();
    return reply as EngineReplies[R["op"]];
  }
  cancel(): void {}

  memory() {
    return { vms: 0, databases: 0, files: 0 };
  }

  async close() {
    await this.platform.store.close();
  }
  async #answer(request: EngineRequest): Promise<unknown> {
    if (request.op === "call") {
      return { content: request.name, overflowMode: "Page", templateHint: null, contentBytes: 1, contentLines: 1 };
    }
    if (request.op === "luaexec") return `# Task\n${String(request.request.task)}`;
    if (request.op === "json") {
      if (request.method === "fail") return { ok: false, error: "no such thing" };
      if (request.method === "reload_from_roots") this.platform.emit("lifecycle", { action: "reload" } as never);
      return { ok: true, result: request.params };
    }
    if (request.op !== "runLua") throw new Error(`unexpected ${request.op}`);
    const { fs } = this.platform.store;
    switch (request.code) {
      case "args":
        return request.args;
      case "options":
        return JSON.parse(JSON.stringify(this.options)) as Json;
      case "now":
        return this.platform.clock.now();
      case "append":
        fs.writeFile("/runtime/data/a.txt", new TextEncoder().encode("+"), { append: true });
        return null;
      case "log":
        this.platform.emit("log", { level: "info", message: "[LuaSkill] loaded" });
        this.platform.emit("log", { level: "info", message: "noise" });
        return null;
      default:
        throw new LuaSkillsError("lua_error", `Lua run_lua error: ${request.code}`);
    }
  }
}

const platform: ConformancePlatform = {
  environment: "node",
  capabilities: new Set(["sqlite"]),
  lua: { waiting: "Y" } as ConformancePlatform["lua"],
  async createEngine(enginePlatform, options) {
    if (options.hostOptions?.broken) throw new LuaSkillsError("invalid_argument", "option broken is broken");
    return new FakeEngine(enginePlatform, options);
  },
};

const testCase = (steps: Step[], setup: Setup = {}, requires: string[] = []): Case => ({
  id: "case",
  requires,
  setup,
  steps,
});
const detail = async (steps: Step[], setup?: Setup) =>
  (await runCase(platform, testCase(steps, setup), "shared")).detail;
const passes = async (steps: Step[], setup?: Setup) => expect(await detail(steps, setup)).toBeUndefined();

describe("runCase", () => {
  it("compares values, results, texts and errors", async () => {
    await passes([
      { run_lua: "args", args: { a: [1] }, expect: { value: { a: [1] } } },
      {
        call: "demo-run",
        expect: { result: { content: "demo-run", overflow_mode: "Page", host_result: { $absent: true } as never } },
      },
      { luaexec: { task: "sum" }, expect: { text: { $contains: "sum" } } },
      { engine: { method: "echo", params: { x: 1 } }, expect: { value: { engine_id: 1, x: 1 } } },
      { engine: { method: "echo", params: { engine_id: 7 } }, expect: { value: { engine_id: 7 } } },
      { engine: { method: "fail" }, expect: { error: "no such" } },
      { run_lua: "boom", expect: { error: { $matches: "^Lua run_lua error: boom$" } } },
    ]);
  });

  it("names the step that differs", async () => {
    expect(await detail([{ run_lua: "args" }, { run_lua: "args", expect: { value: 1 } }])).toMatch(
      /^step 2: run_lua: at \$\n\s+expected 1\n\s+got\s+\{\}$/,
    );
    expect(await detail([{ run_lua: "boom" }])).toMatch(
      /^step 1: run_lua failed: \[lua_error\] Lua run_lua error: boom/,
    );
    expect(await detail([{ run_lua: "args", expect: { error: "boom" } }])).toMatch(/but it succeeded/);
    expect(await detail([{ luaexec: {}, run_lua: "args" }])).toMatch(/exactly one action/);
    expect(await detail([{ expect: { value: 1 } }])).toMatch(/exactly one action/);
  });

  it("keeps what was committed over a restart, and nothing else of the old engine", async () => {
    await passes(
      [
        { run_lua: "append" },
        { write: { path: "data/b.bin", base64: "AAE=" } },
        { restart: true },
        { run_lua: "append" },
        { read: "data/a.txt", expect: { text: "x++" } },
        { read: "/runtime/data/b.bin", expect: { base64: "AAE=" } },
        { read: "data/c.txt", expect: { missing: true } },
        { read: "empty", expect: { missing: false } },
      ],
      { files: { "data/a.txt": "x" }, dirs: ["empty"] },
    );
    expect(await detail([{ read: "nothing", expect: { missing: false } }])).toMatch(/expected false/);
  });

  it("begins steps and finishes them, each with its own expectation", async () => {
    await passes([
      { run_lua: "args", args: 1, start: "a", expect: { value: 1 } },
      { run_lua: "args", args: 2, start: "b", expect: { value: 2 } },
      { finish: "b" },
      { finish: "a" },
      { release: "gate" },
    ]);
    expect(await detail([{ run_lua: "args", args: 1, start: "a", expect: { value: 2 } }, { finish: "a" }])).toMatch(
      /^step 2: run_lua: at \$\n\s+expected 2/,
    );
    expect(await detail([{ run_lua: "args", start: "a" }])).toBe("a was started and never finished");
    expect(await detail([{ finish: "a" }])).toBe('step 1: nothing was started as "a"');
    expect(
      await detail([
        { run_lua: "args", start: "a" },
        { run_lua: "args", start: "a" },
      ]),
    ).toBe('step 2: "a" was started already');
  });

  it("moves the clock and hands out each event once", async () => {
    await passes(
      [
        { run_lua: "now", expect: { value: 1000 } },
        { advance_ms: 250 },
        { run_lua: "now", expect: { value: 1250 } },
        { run_lua: "log" },
        { reload: true },
        { events: "log", expect: { value: [{ level: "info", message: "[LuaSkill] loaded" }] } },
        { events: "log", expect: { value: [] } },
        { events: "lifecycle", expect: { value: [{ action: "reload" }] } },
      ],
      { host: { now_ms: 1000 } },
    );
  });

  it("sets the policies the cases are written under", async () => {
    const policy = (open: string) => ({
      value: { $has: { rootChainPolicy: open, loadPolicy: "manifest-strict" } } as never,
    });
    await passes([{ run_lua: "options", expect: policy("formal") }], { roots: [{ name: " root ", skills_dir: "/a" }] });
    await passes([{ run_lua: "options", expect: policy("open") }], { roots: [{ name: "ROOT_A", skills_dir: "/a" }] });
    await passes([{ run_lua: "options", expect: { value: { $has: { load: false, isolation: "skill" } } as never } }], {
      load: false,
      policies: { isolation: "skill" },
    });
  });

  it("expects creation errors", async () => {
    await passes([], { options: { broken: true }, expect_create_error: "is broken" });
    expect(await detail([], { options: { broken: true }, expect_create_error: "other" })).toMatch(/another text/);
    expect(await detail([], { expect_create_error: "x" })).toMatch(/creation succeeded/);
    expect(await detail([], { options: { broken: true } })).toMatch(/creation failed/);
  });

  it("skips what the environment cannot do, naming it", async () => {
    expect(await runCase(platform, testCase([], {}, ["sqlite", "process"]), "shared")).toMatchObject({
      status: "skipped",
      detail: "needs process, which this environment does not have",
    });
  });
});

import { describe, expect, it } from "vitest";
import type { Runtime, RuntimeOptions } from "../../src/contract/contract.ts";
import { type AgentEvent, createGenx, type GenxOptions, scripted } from "../../src/genx/index.ts";
import { createEdgeRuntime } from "../../src/platforms/node/index.ts";

const files: Readonly<Record<string, string>> = {
  "/runtime/skills/notes/skill.yaml": `name: notes
version: 0.1.0
debug: false
enable: true
description: Notes
entries:
  - name: count
    description: Counts the letters of a text
    lua_entry: runtime/count.lua
    lua_module: notes.count
    parameters:
      - name: text
        type: string
        description: the text
        required: true
`,
  "/runtime/skills/notes/runtime/count.lua": "return function(args) return tostring(#args.text) end",
};

async function world(options: GenxOptions, runtimeOptions: Partial<RuntimeOptions> = {}) {
  const genx = createGenx(options);
  const runtime: Runtime = await createEdgeRuntime({
    storage: "memory",
    load: false,
    modules: ["genx"],
    grants: { "*": ["genx"] },
    commands: genx.commands,
    ...runtimeOptions,
  } as never);
  return { genx: genx.attach(runtime), runtime };
}

const open = {
  actor: { id: "me" },
  policies: [{ id: "all", actions: ["*"], resources: ["*"], effect: "allow" as const }],
};

describe("GenX on a runtime", () => {
  it("runs an agent with Lua tools", async () => {
    const { genx, runtime } = await world({
      models: {
        default: scripted([
          [{ tool: "double", args: { n: 21 } }],
          ({ messages }) => `It is ${(messages.at(-1)?.contents[0] as { value: string } | undefined)?.value}.`,
        ]),
      },
    });
    const agent = await genx.createAgent({
      type: "react",
      name: "helper",
      tools: [
        {
          name: "double",
          params: { n: { type: "integer" } },
          lua: "--!strict\nfunction invoke(ctx, args: { n: number }) ctx.state.last = args.n ctx.emit({ text = `({args.n}) ` }) return args.n * 2 end",
        },
      ],
    });
    const events: AgentEvent[] = [];
    for await (const event of agent.run("Double 21")) events.push(event);
    expect(events.map(({ type }) => type)).toEqual(["tool_start", "chunk", "tool_done", "chunk", "eof"]);
    expect(events[1]).toMatchObject({ chunk: { part: { value: "(21) " } } });
    expect(events.at(-2)).toMatchObject({ chunk: { part: { value: "It is 42." } } });
    expect(agent.state.properties.get("last")).toBe(21);
    await genx.close();
    await runtime.close();
  });

  it("keeps to what the host allows", async () => {
    const { runtime } = await world({}, { env: { CITY: "Oslo" } });
    const code = `local r = __builtin.http({ url = "https://example.test/" })
      __builtin.kvs_set("a", 1)
      return { r.status, r.err, __builtin.env("CITY"), __builtin.kvs_get("a") }`;
    expect(await runtime.runLua(code)).toEqual([0, "not allowed: https://example.test/", "Oslo", 1]);
    await runtime.close();

    const policies = [
      { id: "read", actions: ["store.key.get", "env.get"], resources: ["*"], effect: "allow" as const },
      { id: "no-city", actions: ["env.get"], resources: ["CITY"], effect: "deny" as const },
    ];
    const narrow = await world({}, { env: { CITY: "Oslo" }, security: { actor: { id: "me" }, policies } });
    expect(await narrow.runtime.runLua(code)).toEqual([0, "not allowed: https://example.test/"]);
    await narrow.runtime.close();
  });

  it("raises error objects in ctx", async () => {
    const { genx, runtime } = await world(
      { models: { default: scripted([[{ tool: "t" }], "end"]) } },
      { security: open },
    );
    const agent = await genx.createAgent({
      type: "react",
      name: "a",
      tools: [
        {
          name: "t",
          lua: `function invoke(ctx)
            local ok, err = pcall(ctx.invoke, "nothing", {})
            local ok2, err2 = pcall(ctx.http.get, "https://unreachable.invalid/")
            return { ok, err:kind(), tostring(err), err2:kind(), err2:retryable() }
          end`,
        },
      ],
    });
    const results = [];
    for await (const event of agent.run("go")) if (event.type === "tool_done") results.push(event.toolResult);
    expect(results).toEqual([[false, "NotFound", 'tool "nothing" not found', "Unavailable", true]]);
    await runtime.close();
  });

  it("stops Lua that runs on when the agent is interrupted or its tool has a time limit", async () => {
    const { genx, runtime } = await world({
      models: { default: scripted([[{ tool: "spin" }], "a", [{ tool: "wait" }], "b"]) },
    });
    const agent = await genx.createAgent({
      type: "react",
      name: "a",
      tools: [
        { name: "spin", timeout: 100, lua: "function invoke() while true do end end" },
        { name: "wait", lua: "function invoke() __builtin.sleep(60000):await() return 'late' end" },
      ],
    });
    const errors = [];
    for await (const event of agent.run("spin")) if (event.type === "tool_error") errors.push(event.toolError);
    expect(errors[0]).toMatch(/^invoke error: /);
    await agent.input("wait");
    expect((await agent.next()).type).toBe("tool_start");
    await agent.interrupt();
    expect((await agent.next()).type).toBe("interrupted");
    expect(await runtime.runLua("return 1 + 1")).toBe(2);
    await runtime.close();
  });

  it("shares nothing with a runtime that names none of it", async () => {
    const runtime = await createEdgeRuntime({ storage: "memory", load: false } as never);
    expect(
      await runtime.runLua("return { __builtin == nil, __loaded == nil, genx == nil, pcall(require, 'haivivi') }"),
    ).toEqual([true, true, true, false, expect.anything()]);
    await runtime.close();
  });

  it("finds Luau packages on the runtime's files, and keeps values in them", async () => {
    const { runtime } = await world(
      {},
      {
        moduleOptions: {
          genx: { kvs: { kind: "vfs", path: "/work/kvs" }, packages: { "p.luau": "return `{1 + 1}`" } },
        },
      },
    );
    await runtime.fs.mkdir("/runtime/lua_packages/demo");
    await runtime.fs.write("/runtime/lua_packages/demo/init.luau", "local n: number = 7 return { n = n }");
    expect(await runtime.runLua('__builtin.kvs_set("k", { 1 }) return { require("demo").n, require("p") }')).toEqual([
      7,
      "2",
    ]);
    expect(JSON.parse(await runtime.fs.readText("/work/kvs/host.json"))).toEqual({ k: [1] });
    await runtime.close();
    await expect(
      world({}, { moduleOptions: { genx: { kvs: { kind: "vfs", path: "relative" } } } }).then(({ runtime: r }) =>
        r.runLua("return 1"),
      ),
    ).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it("has skills as tools", async () => {
    const { genx, runtime } = await world({
      models: {
        default: scripted([
          [
            { tool: "notes-count", args: { text: "four" } },
            { tool: "notes-count", args: {} },
          ],
          "end",
        ]),
      },
    });
    for (const [path, text] of Object.entries(files)) {
      await runtime.fs.mkdir(path.slice(0, path.lastIndexOf("/")));
      await runtime.fs.write(path, text);
    }
    await runtime.skills.reload();
    const agent = await genx.createAgent({ type: "react", name: "a", tools: [{ skill: "notes-count" }] });
    const events = [];
    for await (const event of agent.run("go")) events.push(event);
    expect(events.find((event) => event.type === "tool_done")).toMatchObject({ toolResult: "4" });
    expect(events.find((event) => event.type === "tool_error")).toMatchObject({
      toolError: expect.stringMatching(/^invoke error: .*text/),
    });
    await expect(
      genx.createAgent({ type: "react", name: "b", tools: [{ skill: "notes-nope" }] }),
    ).rejects.toMatchObject({ code: "entry_not_found" });
    await runtime.close();
  });
});

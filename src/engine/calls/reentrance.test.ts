/** A host tool may call the runtime it serves: what waits for it holds no place that the call inside needs. */
import { expect, test } from "vitest";
import type { EngineOptions, HostCallbacks } from "../../contract/contract.ts";
import { skill, testEngine } from "../../testing/test-engine.ts";

const files = {
  ...skill("s", {
    run: `return function(a)
      if a.deep then return "inner" end
      local answer = vulcan.host.call("inner", a)
      return answer.value or answer.error.message
    end`,
  }),
  ...skill("outer", { run: 'return function(a) return vulcan.call("s-run", a) end' }),
};

/** `inner` calls `s-run` again, `levels` deep. */
async function reentrant() {
  const tool = async ({ action, args }: { action: string; args: { levels?: number } }) => {
    if (action !== "call") return true;
    const levels = (args.levels ?? 1) - 1;
    return made.call("s-run", levels > 0 ? { levels } : { deep: true });
  };
  const made: Awaited<ReturnType<typeof testEngine>> = await testEngine({
    files,
    callbacks: { hostTool: tool as never },
  });
  return made;
}

test.each(["s-run", "outer-run"])(
  "many calls of %s at once, and deep ones",
  async (name) => {
    const { call, engine } = await reentrant();
    const many = await Promise.all(Array.from({ length: 12 }, () => call(name)));
    expect(new Set(many)).toEqual(new Set(["inner"]));
    expect(await call(name, { levels: 20 })).toBe("inner");
    expect(await call("s-run", { deep: true })).toBe("inner");
    await engine.close();
  },
  60_000,
);

test("a tool that calls without end is told so, and the engine goes on", async () => {
  const { call, engine } = await reentrant();
  const endless = await call("s-run", { levels: 1_000 }).then(String, (error: Error) => error.message);
  expect(endless).toContain("runs wait for the host");
  expect(await call("s-run", { deep: true })).toBe("inner");
  await engine.close();
}, 120_000);

/** Every other callback that waits inside a run: Lua that comes to ask it, options it takes, and what it answers after its own call. */
const callbacks: readonly [string, string, EngineOptions, (inner: () => Promise<string>) => HostCallbacks][] = [
  [
    "decide",
    'return tostring(vulcan.host.call("t", {}).value)',
    { grants: { s: { tools: "ask" } } },
    (inner) => ({
      hostTool: async ({ action }) => (action === "call" ? "inner" : true),
      decide: async () => ((await inner()) === "inner" ? "once" : "deny"),
    }),
  ],
  [
    "fetch",
    'return (require("ssl.https").request("https://example.com/"))',
    { network: { s: ["https://example.com/"] } },
    (inner) => ({
      fetch: async () => ({ status: 200, headers: {}, body: new TextEncoder().encode(await inner()) }),
    }),
  ],
  [
    "runProgram",
    'return vulcan.process.exec({ program = "ls", args = {} }).stdout',
    { grants: { s: { process: true } } },
    (inner) => ({ runProgram: async () => ({ code: 0, stdout: await inner() }) }),
  ],
  [
    "runProgram by io.popen",
    'return (io.popen("ls"):read("*a"))',
    { grants: { s: { process: true } } },
    (inner) => ({ runProgram: async () => ({ code: 0, stdout: await inner() }) }),
  ],
  [
    "sqliteProvider",
    'return vulcan.sqlite.query_json({ sql = "select 1" }).text',
    { hostOptions: { sqlite_provider_mode: "host_callback" } },
    (inner) => ({ sqliteProvider: async () => ({ text: await inner() }) }),
  ],
  [
    "embed",
    'return vulcan.models.embed("x").ok and "inner"',
    {},
    (inner) => ({ embed: async () => ({ vector: (await inner()) === "inner" ? [1] : [], dimensions: 1 }) }),
  ],
];

test.each(callbacks)(
  "many calls at once that wait for %s",
  async (_, code, options, callbacksOf) => {
    const manifest = "sqlite: { enable: true }\n";
    const own = skill("s", { run: `return function(a) if a.deep then return "inner" end ${code} end` });
    const path = Object.keys(own).find((each) => each.endsWith("skill.yaml")) ?? "";
    const made: Awaited<ReturnType<typeof testEngine>> = await testEngine({
      files: { ...own, [path]: `${own[path]}${manifest}` },
      callbacks: callbacksOf(async () => String(await made.call("s-run", { deep: true }))),
      options,
      platform: {},
    });
    const many = await Promise.all(Array.from({ length: 9 }, () => made.call("s-run")));
    expect(new Set(many)).toEqual(new Set(["inner"]));
    await made.engine.close();
  },
  60_000,
);

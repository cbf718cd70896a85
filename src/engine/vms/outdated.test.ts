import { describe, expect, test } from "vitest";
import type { HostCallbacks } from "../../contract/contract.ts";
import { skill, type TestEngine, testEngine, writeFiles } from "../../testing/test-engine.ts";

const word = (text: string) => ({ "lua_packages/share/lua/word.lua": `return "${text}"` });
const callee = (answer: string) => skill("callee", { run: `return function() return "${answer}" end` });
const files = {
  ...word("one"),
  ...callee("one"),
  ...skill("caller", {
    required: 'local word = require("word") return function() return word end',
    called:
      'return function() local ok, answer = pcall(vulcan.call, "callee-run", {}) return ok and answer or "nothing" end',
    configured: 'return function() return vulcan.config.get("key") or "nothing" end',
    waits: 'return function() local before = require("word") vulcan.host.call("gate", {}) return before end',
  }),
};
const options = { hostOptions: { lua_packages_dir: "/runtime/lua_packages" } };

/** What a change makes of what warm VMs answered before it, for an entry and for code of the host. */
interface Change {
  readonly what: string;
  readonly entry: string;
  readonly code: string;
  readonly before: string;
  readonly after: string;
  readonly make: (world: TestEngine) => Promise<unknown>;
}

const call = 'local ok, answer = pcall(vulcan.call, "callee-run", {}) return ok and answer or "nothing"';
const changes: readonly Change[] = [
  {
    what: "a reload after a package of Lua was written",
    entry: "caller-required",
    code: 'return require("word")',
    before: "one",
    after: "two",
    make: ({ engine, store }) => {
      writeFiles(store, word("two"));
      return engine.request({ op: "skills.reload" });
    },
  },
  {
    what: "a reload after another skill was written",
    entry: "caller-called",
    code: call,
    before: "one",
    after: "two",
    make: ({ engine, store }) => {
      writeFiles(store, callee("two"));
      return engine.request({ op: "skills.reload" });
    },
  },
  {
    what: "a reload with other roots",
    entry: "caller-called",
    code: call,
    before: "one",
    after: "other",
    make: ({ engine, store }) => {
      const entries = Object.entries(callee("other")).map(([path, text]) => [path.replace("skills/", "other/"), text]);
      writeFiles(store, Object.fromEntries(entries));
      const roots = [
        { name: "ROOT", skills_dir: "/runtime/other" },
        { name: "PROJECT", skills_dir: "/runtime/skills" },
      ];
      return engine.request({ op: "skills.reload", roots });
    },
  },
  {
    what: "another skill was disabled",
    entry: "caller-called",
    code: call,
    before: "one",
    after: "nothing",
    make: ({ engine }) => engine.request({ op: "skills.disable", skillId: "callee" }),
  },
  {
    what: "another skill was uninstalled",
    entry: "caller-called",
    code: call,
    before: "one",
    after: "nothing",
    make: ({ engine }) => engine.request({ op: "skills.uninstall", skillId: "callee" }),
  },
];

describe.each(["skill", "shared"] as const)("VMs made before, isolation %s", (isolation) => {
  test.each(changes)("$what are not used after it", async ({ entry, code, before, after, make }) => {
    const world = await testEngine({
      files,
      options: { ...options, isolation, grants: { "*": { skills: true } } },
    });
    const look = async () => [
      await world.call(entry),
      await world.lua(code),
      await world.call(entry),
      await world.lua(code),
    ];
    expect(await look()).toEqual([before, before, before, before]);
    await make(world);
    expect(await look()).toEqual([after, after, after, after]);
    await world.engine.close();
  });

  test("a configuration was set read it", async () => {
    const { engine, call: ask } = await testEngine({ files, options: { ...options, isolation } });
    expect(await ask("caller-configured")).toBe("nothing");
    await engine.request({ op: "config.set", skillId: "caller", key: "key", value: "set" });
    expect(await ask("caller-configured")).toBe("set");
    await engine.close();
  });

  test("a reload and busy during it serve nobody after it", async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let entered = () => {};
    const inside = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const callbacks: HostCallbacks = {
      hostTool: async () => {
        entered();
        await gate;
        return { ok: true, value: 1 };
      },
    };
    const { engine, store, call: ask } = await testEngine({ files, options: { ...options, isolation }, callbacks });
    const busy = ask("caller-waits");
    await inside;
    writeFiles(store, word("two"));
    await engine.request({ op: "skills.reload" });
    open();
    expect(await busy).toBe("one");
    for (let i = 0; i < 5; i++) expect(await ask("caller-waits")).toBe("two");
    await engine.close();
  });
});

test("modules: a VM furnished before a reload does not serve after it", async () => {
  const { engine, store } = await testEngine({ files, options: { ...options, modules: ["json"] } });
  const run = () =>
    engine.request({
      op: "runLua",
      code: 'return require("json").encode({ require("word") })',
      args: {},
      modules: { modules: ["json"] },
    });
  expect([await run(), await run()]).toEqual(['["one"]', '["one"]']);
  writeFiles(store, word("two"));
  await engine.request({ op: "skills.reload" });
  expect([await run(), await run()]).toEqual(['["two"]', '["two"]']);
  await engine.close();
});

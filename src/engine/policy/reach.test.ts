import { describe, expect, it } from "vitest";
import type { EngineOptions, HostCallbacks } from "../../contract/contract.ts";
import { skill, testEngine, writeFiles } from "../../testing/test-engine.ts";

const runsCode = `return function(args)
  local chunk, problem = load(args.code)
  if not chunk then error(problem) end
  return vulcan.json.encode({ chunk() })
end`;

/** A spy that runs whatever Lua it is given, and a victim with files wherever a skill can have some. */
const files = {
  ...skill("spy", { run: runsCode }, "sqlite: { enable: true }\nlancedb: { enable: true }\n"),
  ...skill("victim", {
    look: `return function() return vulcan.fs.exists("x.txt") and vulcan.fs.read("x.txt") or "nothing" end`,
    wait: `return function() vulcan.host.call("wait", {}) return vulcan.runtime.cwd() end`,
    need: `return function() local ok, m = pcall(require, "planted") return ok and m.who or "no module" end`,
    name: `return function() local n = os.tmpname() local f = io.open(n, "w") f:write("secret") f:close() return n end`,
  }),
  "skills/victim/secret.lua": "return 'secret'",
  "data/victim/kept.txt": "secret",
  "data/asleep/kept.txt": "secret",
  "skills/asleep/skill.yaml": "name: asleep\nversion: 1.0.0\nenable: false\nentries: []\n",
};

async function world(options: EngineOptions = {}, callbacks: HostCallbacks = {}) {
  const made = await testEngine({ files, options, callbacks });
  const spy = (code: string): Promise<unknown[]> => made.call("spy-run", { code }).then((text) => JSON.parse(text));
  return { ...made, spy };
}

describe("a skill gets at nothing of another", () => {
  it("by having luaexec read a file for it", async () => {
    const { engine, spy, store } = await world();
    const [ok, text] = await spy(
      `return pcall(vulcan.runtime.lua.exec, { file = "/runtime/skills/victim/secret.lua" })`,
    );
    expect([ok, String(text)]).toEqual([false, expect.stringContaining("No such file or directory")]);
    writeFiles(store, { "data/spy/own.lua": "return vulcan.runtime.cwd()" });
    const [own] = await spy(`return vulcan.runtime.lua.exec({ file = "/runtime/data/spy/own.lua" })`);
    expect(own).toContain("/runtime/data/spy");
    await engine.close();
  });

  it("by the directory that luaexec runs in, which is that run's alone", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let reached = () => {};
    const reachedTool = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const { engine, spy, call, store } = await world(
      {},
      {
        hostTool: async () => {
          reached();
          await held;
          return { ok: true };
        },
      },
    );
    writeFiles(store, {
      "data/spy/hold.lua": `vulcan.host.call("t", {}) return vulcan.runtime.cwd()`,
      "data/spy/x.txt": "planted",
    });
    const holding = spy(`return vulcan.runtime.lua.exec({ file = "/runtime/data/spy/hold.lua" })`);
    await reachedTool;
    expect(await call("victim-look")).toBe("nothing");
    release();
    expect((await holding)[0]).toContain("/runtime/data/spy");
    await engine.close();
  });

  it("by a module planted where the others look for theirs", async () => {
    const { engine, spy, call } = await world();
    await spy(`vulcan.fs.write("/runtime/planted.lua", "return { who = 'spy' }")`);
    await spy(
      `vulcan.fs.mkdir("/runtime/planted", { recursive = true }) vulcan.fs.write("/runtime/planted/init.lua", "return { who = 'spy' }")`,
    );
    expect(await call("victim-need")).toBe("no module");
    await engine.close();
  });

  it("by moving, removing or replacing a directory that both have folders in", async () => {
    const { engine, spy, store, call } = await world();
    await call("victim-name");
    for (const attempt of [
      `vulcan.fs.remove("/runtime/data", { recursive = true })`,
      `vulcan.fs.remove("/runtime/DATA/../data/", { recursive = true })`,
      `assert(os.rename("/runtime/data", "/runtime/elsewhere"))`,
      `assert(os.rename("/runtime/temp", "/runtime/elsewhere"))`,
      `vulcan.fs.remove("/runtime/temp", { recursive = true })`,
      `vulcan.fs.remove("/runtime", { recursive = true })`,
      `assert(os.rename("/runtime/data/asleep", "/work"))`,
      `vulcan.fs.read("/runtime/data/asleep/kept.txt")`,
      `assert(io.open("/runtime/data/asleep/planted.txt", "w"))`,
      `vulcan.fs.copy("/runtime/data", "/runtime/loot", { recursive = true }) vulcan.fs.read("/runtime/loot/victim/kept.txt")`,
      `vulcan.fs.copy("/runtime/skills", "/runtime/loot", { recursive = true }) vulcan.fs.read("/runtime/loot/victim/skill.yaml")`,
    ]) {
      const [ok] = await spy(`return (pcall(function() ${attempt} end))`);
      expect(ok, attempt).toBe(false);
    }
    // What cannot be seen is removed as what is not there.
    for (const id of ["victim", "asleep"]) {
      await spy(`pcall(vulcan.fs.remove, "/runtime/data/${id}", { recursive = true })`);
      expect(store.fs.stat(`/runtime/data/${id}/kept.txt`)?.kind).toBe("file");
    }
    await engine.close();
  });

  it("by standing a file where directories of everybody belong", async () => {
    const { engine, spy, store } = await world();
    store.fs.remove("/runtime/data", { recursive: true });
    for (const attempt of [
      `vulcan.fs.write("/runtime/data", "x")`,
      `vulcan.fs.write("/runtime/temp", "x")`,
      `vulcan.fs.write("/x", "x") assert(os.rename("/x", "/runtime/temp"))`,
      `assert(io.open("/runtime/temp", "w"))`,
      `vulcan.fs.write("/runtime/state", "x")`,
      `vulcan.fs.write("/runtime/databases", "x")`,
      `vulcan.fs.write("/runtime/config", "x")`,
      `vulcan.fs.write("/runtime/dependencies", "x")`,
      `vulcan.fs.write("/runtime/lua_packages", "x")`,
    ]) {
      const [ok] = await spy(`return (pcall(function() ${attempt} end))`);
      expect(ok, attempt).toBe(false);
    }
    await engine.close();
  });

  it("by its temporary files", async () => {
    const { engine, spy, call } = await world();
    const name = await call("victim-name");
    expect(name).toMatch(/^\/runtime\/temp\/victim\//);
    const seen = await spy(`return vulcan.fs.exists(${JSON.stringify(name)}), vulcan.fs.list("/runtime/temp"),
      (os.tmpname():gsub("[^/]*$", ""))`);
    expect(seen).toEqual([false, ["spy"], "/runtime/temp/spy/"].toSpliced(1, 1, []));
    await engine.close();
  });

  it("by files of the store", async () => {
    const { engine, spy, store } = await world();
    writeFiles(store, { ".luaskills.lock": "1" });
    const path = "/runtime/.luaskills.lock";
    expect(
      await spy(
        `pcall(vulcan.fs.remove, "${path}") return vulcan.fs.exists("${path}"), (pcall(vulcan.fs.write, "${path}", ""))`,
      ),
    ).toEqual([false, false]);
    expect(store.fs.readFile(path)).toHaveLength(1);
    await engine.close();
  });
});

describe("who code without a skill is", () => {
  it("luaexec for a skill has that skill's grants, not those of everybody", async () => {
    const asked: unknown[] = [];
    const { engine, spy, lua } = await world(
      { grants: { spy: { tools: false, files: false } } },
      {
        hostTool: ({ tool_name }, { skill: who }) => {
          asked.push([tool_name, who]);
          return { ok: true, value: 1 };
        },
      },
    );
    const nested = JSON.stringify(
      `return vulcan.host.call("a", {}).error.code, (pcall(vulcan.fs.write, "/work.txt", "x"))`,
    );
    const [report] = await spy(`return vulcan.runtime.lua.exec({ code = ${nested} })`);
    expect(String(report)).toMatch(/permission_denied[\s\S]*false/);
    expect(asked).toEqual([]);
    expect(await lua(`return vulcan.host.call("c", {}).ok`)).toBe(true);
    expect(asked).toEqual([["c", null]]);
    await engine.close();
  });

  it.each(["runLua", "luaexec"] as const)("%s that names itself after a skill does not become it", async (how) => {
    const { engine, call } = await world();
    await call("victim-name");
    const code = `vulcan.runtime.internal.skill_name = "victim" vulcan.runtime.internal.tool_name = "victim-look"
      vulcan.__sqlite_skill_name = "victim"
      return (pcall(vulcan.config.set, "k", "v")), (pcall(vulcan.config.list)), vulcan.fs.exists("/runtime/data/victim/kept.txt")`;
    const answer =
      how === "runLua"
        ? await engine.request({ op: "runLua", code: `${code.replace("return ", "return { ")} }`, args: {} })
        : await engine.request({ op: "luaexec", request: { code } });
    if (how === "runLua") expect(answer).toEqual([false, false, false]);
    else expect(String(answer).match(/false/g)).toHaveLength(3);
    await engine.close();
  });
});

it("refusals without end are output, which ends", async () => {
  const { engine, spy, events } = await world({ limits: { outputBytes: 100_000 } });
  const [ok, text] = await spy(
    `return pcall(function() while true do vulcan.fs.exists("/runtime/skills/victim/skill.yaml") end end)`,
  );
  expect([ok, String(text)]).toEqual([false, expect.stringContaining("limits.outputBytes")]);
  expect(events.filter(([name]) => name === "decision").length).toBeLessThan(2000);
  await engine.close();
});

it("managing packages is granted, and the host hears which skill asks", async () => {
  const asked: unknown[] = [];
  const { engine, spy } = await world(
    {
      hostOptions: { capabilities: { enable_skill_management_bridge: true, enable_managed_io_compat: true } },
      grants: { spy: { packages: ["enable:*"] } },
    },
    {
      skillManagement: ({ action }, { skill: who }) => {
        asked.push([action, who]);
        return { ok: true };
      },
    },
  );
  const [enabled, refused, text] = await spy(
    `local ok = pcall(vulcan.runtime.skills.enable, { skill_id = "x" }) return ok, pcall(vulcan.runtime.skills.uninstall, { skill_id = "victim" })`,
  );
  expect([enabled, refused, String(text)]).toEqual([true, false, expect.stringContaining('grants["spy"].packages')]);
  expect(asked).toEqual([["enable", "spy"]]);
  await engine.close();
});

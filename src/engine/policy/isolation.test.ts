import { describe, expect, it } from "vitest";
import type { DecisionEvent, EngineOptions, HostCallbacks } from "../../contract/contract.ts";
import { failure, skill, testEngine } from "../../testing/test-engine.ts";
import type { VfsStore } from "../../vfs/interface.ts";
import { MemoryStore } from "../../vfs/memory-store.ts";

/** Two skills: the victim has everything a skill can have, the spy runs whatever Lua it is given. */
const files = {
  ...skill(
    "victim",
    {
      keep: `return function()
      vulcan.config.set("token", "secret")
      vulcan.sqlite.execute_script({ sql = "CREATE TABLE IF NOT EXISTS t (v); INSERT INTO t VALUES ('secret')" })
      vulcan.fs.mkdir("/runtime/data/victim", { recursive = true })
      vulcan.fs.write("/runtime/data/victim/kept.txt", "secret")
      return "kept"
    end`,
      count: `return function() return vulcan.json.encode(vulcan.sqlite.query_json({ sql = "SELECT count(*) AS n FROM t" }).rows) end`,
    },
    "sqlite: { enable: true }\n",
  ),
  ...skill(
    "spy",
    {
      run: `return function(args)
      local chunk, problem = load(args.code)
      if not chunk then error(problem) end
      return vulcan.json.encode({ chunk() })
    end`,
    },
    "sqlite: { enable: true }\n",
  ),
};

async function world(options: EngineOptions = {}, callbacks: HostCallbacks = {}, store?: VfsStore) {
  const made = await testEngine({ files, options, callbacks, ...(store ? { store } : {}) });
  await made.call("victim-keep");
  const spy = (code: string): Promise<unknown[]> => made.call("spy-run", { code }).then((text) => JSON.parse(text));
  const denials = () =>
    made.events.flatMap(([name, event]) =>
      name === "decision" && event.result === "deny" ? [event as DecisionEvent] : [],
    );
  return { ...made, spy, denials };
}

const victim = "/runtime/skills/victim";
const database = "/runtime/databases/sqlite/victim/victim.sqlite3";
const places = [
  `${victim}/skill.yaml`,
  `${victim}/runtime/keep.lua`,
  database,
  "/runtime/config/skill_config.json",
  "/runtime/state/installs",
  "/runtime/state/skills/disabled",
];
/** Spellings of one path that some file system or resolver folds. */
const spellings = (path: string): string[] => [
  path,
  path.replaceAll("/", "//"),
  path.replace("/runtime/", "/runtime/./x/../"),
  `/..${path}`,
  path.replace("/runtime", "/RUNTIME"),
  path.replace("/skills", "/\u017fkills").replace("/state", "/\u017ftate").replace("/config", "/con\ufb01g"),
  path.replace("/skills/", "/Skills/").replace("/databases/", "/Databases/").replace("/config/", "/Config/"),
];

describe("skills that are kept apart", () => {
  it("see nothing of another skill, of its data or of the engine, however the path is spelt", async () => {
    const { engine, spy, denials } = await world();
    for (const path of places.flatMap(spellings)) {
      const seen = await spy(`local path = ${JSON.stringify(path)}
        return vulcan.fs.exists(path), io.open(path) == nil, (pcall(vulcan.fs.read, path)), (pcall(vulcan.fs.list, path)), loadfile(path) == nil`);
      expect(seen, path).toEqual([false, true, false, false, true]);
    }
    expect(
      await spy(
        `return vulcan.fs.list("/runtime/skills"), vulcan.fs.list("/runtime/databases/sqlite"), vulcan.fs.exists("/runtime/config")`,
      ),
    ).toEqual([["spy"], ["spy"], false]);
    expect(denials()).toContainEqual(
      expect.objectContaining({ skill: "spy", action: "file.read", resource: `${victim}/skill.yaml`, result: "deny" }),
    );
    await engine.close();
  });

  it("change nothing that is not theirs, their own code included", async () => {
    const { engine, store, spy, call } = await world();
    const before = new TextDecoder().decode(store.fs.readFile(`${victim}/runtime/keep.lua`));
    const attempts = [
      `vulcan.fs.write("${victim}/runtime/keep.lua", "return function() return 'mine' end")`,
      `vulcan.fs.write("/runtime/skills/spy/runtime/run.lua", "x")`,
      `vulcan.fs.remove("${victim}", { recursive = true })`,
      `vulcan.fs.remove("/runtime/skills", { recursive = true })`,
      `vulcan.fs.remove("/runtime/state", { recursive = true })`,
      `os.rename("/runtime/skills/victim", "/runtime/skills/moved")`,
      `os.rename("/runtime/databases", "/runtime/mine")`,
      `vulcan.fs.mkdir("/runtime/skills/planted")`,
      `vulcan.fs.write("/runtime/state/skills/disabled/victim.json", "{}")`,
      `vulcan.fs.write("/runtime/state/installs/victim.yaml", "managed: true")`,
      `vulcan.fs.write("/runtime/lua_packages/json.lua", "return {}")`,
      `vulcan.fs.write("/runtime/config/skill_config.json", "{}")`,
      `assert(os.remove("${database}"))`,
      `assert(io.open("${database}", "r+b"))`,
      `vulcan.fs.copy("/runtime/skills/spy/skill.yaml", "${victim}/skill.yaml")`,
    ];
    for (const attempt of attempts) {
      const [done] = await spy(`local ok, a = pcall(function() ${attempt} end) return ok and "done" or "refused"`);
      // os.rename answers nil instead of raising, and what cannot be seen is removed as what is not there.
      if (!/^os\.rename|remove\("[^"]*\/victim"/.test(attempt)) expect(done, attempt).toBe("refused");
    }
    expect(new TextDecoder().decode(store.fs.readFile(`${victim}/runtime/keep.lua`))).toBe(before);
    expect(store.fs.list("/runtime/skills")).toEqual(["spy", "victim"]);
    expect(await call("victim-count")).toBe('[{"n":1}]');
    await engine.close();
  });

  it("cannot reach another database through SQL", async () => {
    const { engine, spy, call, denials } = await world();
    for (const sql of [
      `ATTACH '${database}' AS v`,
      `ATTACH 'file:${database}?mode=ro' AS v`,
      `VACUUM INTO '/runtime/state/x.db'`,
    ]) {
      const [ok] = await spy(
        `return (pcall(vulcan.sqlite.execute_script, { sql = ${JSON.stringify(sql)} })) and vulcan.sqlite.execute_script({ sql = ${JSON.stringify(sql)} }).success`,
      );
      expect(ok, sql).not.toBe(true);
    }
    expect(await call("victim-count")).toBe('[{"n":1}]');
    expect(denials()).toContainEqual(expect.objectContaining({ skill: "spy", resource: database }));
    await engine.close();
  });

  it("set nothing of SQLite that is the host's or the others', and reach nothing outside with its functions", async () => {
    const { engine, spy, call, denials } = await world();
    for (const sql of [
      `PRAGMA temp_store_directory = '/runtime/skills'`,
      `pragma main.data_store_directory('/runtime')`,
      `PRAGMA/**/max_page_count = 5`,
      `SELECT load_extension('x')`,
      `SELECT fts3_tokenizer('simple')`,
    ]) {
      const [, problem] = await spy(`return pcall(vulcan.sqlite.query_json, { sql = ${JSON.stringify(sql)} })`);
      expect(String(problem), sql).toMatch(/is the host's to set|is not there for skills|no such function/);
    }
    // DEFENSIVE: the schema and shadow tables are written by SQLite alone.
    await spy(
      `pcall(vulcan.sqlite.execute_script, { sql = "PRAGMA writable_schema=1; UPDATE sqlite_schema SET sql = 'x'" })`,
    );
    expect(
      (
        await spy(
          `return vulcan.sqlite.query_json({ sql = "SELECT count(*) AS n FROM sqlite_schema WHERE sql = 'x'" }).rows[1].n`,
        )
      )[0],
    ).toBe(0);
    expect((await spy(`return vulcan.sqlite.query_json({ sql = "PRAGMA user_version" }).row_count`))[0]).toBe(1);
    expect(await call("victim-count")).toBe('[{"n":1}]');
    expect(denials()).toContainEqual(
      expect.objectContaining({ skill: "spy", action: "sql.pragma", resource: "temp_store_directory" }),
    );
    await engine.close();
  });

  it("have places of their own and share what nobody owns", async () => {
    const { engine, spy } = await world();
    expect(
      await spy(`
        vulcan.fs.mkdir("/runtime/data/spy", { recursive = true }) vulcan.fs.write("/runtime/data/spy/a", "1")
        vulcan.fs.write("/runtime/notes.txt", "2")
        vulcan.fs.mkdir("/work") vulcan.fs.write("/work/b", "3")
        return vulcan.fs.read("/runtime/data/spy/a"), vulcan.fs.read("/runtime/notes.txt"), vulcan.fs.read("/work/b"),
          vulcan.fs.exists("/runtime/skills/spy/skill.yaml"), vulcan.fs.list("/runtime/data"), vulcan.fs.exists("/runtime/data/victim/kept.txt")`),
    ).toEqual(["1", "2", "3", true, ["spy"], false]);
    await engine.close();
  });

  it("code without a skill sees no skill's files either; under shared isolation all is as natively", async () => {
    const apart = await world();
    expect(await apart.lua(`return vulcan.fs.exists("${victim}/skill.yaml")`)).toBe(false);
    await apart.engine.close();
    const together = await world({ isolation: "shared" });
    expect(await together.spy(`return vulcan.fs.exists("${victim}/skill.yaml")`)).toEqual([true]);
    await together.engine.close();
  });
});

describe("grants", () => {
  it("open files of others for reading, and close what is shared", async () => {
    const { engine, spy } = await world({
      grants: { spy: { files: { read: ["own", "skills/victim/**"], write: ["/work/out/**"] } } },
    });
    expect(
      await spy(`return vulcan.fs.exists("${victim}/skill.yaml"), (pcall(vulcan.fs.write, "${victim}/skill.yaml", "")),
        (pcall(vulcan.fs.mkdir, "/work/out", { recursive = true })), (pcall(vulcan.fs.write, "/runtime/notes.txt", "")), vulcan.fs.exists("/elsewhere")`),
    ).toEqual([true, false, true, false, false]);
    await engine.close();
  });

  it("rule over tools, models and other skills, and tell the host who asks", async () => {
    const asked: unknown[] = [];
    const { engine, spy, denials } = await world(
      { grants: { spy: { tools: ["clock"], models: false, skills: false } } },
      {
        hostTool: ({ action, tool_name }, { skill: who }) => {
          asked.push([action, tool_name, who]);
          return action === "list"
            ? [{ name: "clock" }, { name: "shell" }]
            : action === "has"
              ? true
              : { ok: true, value: 1 };
        },
        llm: () => ({ assistant: "no" }),
      },
    );
    expect(
      await spy(`return #vulcan.host.list(), vulcan.host.has("shell"), vulcan.host.call("clock", {}).ok, vulcan.host.call("shell", {}).error.code,
        vulcan.models.llm("a", "b").error.code, select(2, pcall(vulcan.call, "victim-count", {}))`),
    ).toEqual([
      1,
      false,
      true,
      "permission_denied",
      "permission_denied",
      expect.stringContaining('grants["spy"].skills'),
    ]);
    expect(asked).toEqual([
      ["list", null, "spy"],
      ["call", "clock", "spy"],
    ]);
    expect(denials().map(({ action, resource }) => [action, resource])).toEqual([
      ["tool.call", "shell"],
      ["model.call", "llm"],
      ["skill.call", "victim"],
    ]);
    await engine.close();
  });

  it("are named where a program fails for want of them, inside as the program expects it", async () => {
    const { engine, spy } = await world(
      { grants: { spy: { tools: [], files: { read: ["own"], write: ["own"] } } } },
      { hostTool: () => ({ ok: true, value: 1 }) },
    );
    const [error] = await spy(`return vulcan.host.call("shell", {}).error`);
    expect(error).toEqual({
      code: "permission_denied",
      message:
        'permission denied: tool.call "shell" (grants["spy"].tools does not allow it; grants["spy"].tools would)',
      kind: "PermissionDenied",
      retryable: false,
      details: { action: "tool.call", resource: "shell", grant: 'grants["spy"].tools' },
    });
    for (const [code, action, resource, grant] of [
      [`error(vulcan.host.call("shell", {}).error.message)`, "tool.call", "shell", 'grants["spy"].tools'],
      [`vulcan.fs.write("/work.txt", "x")`, "file.write", "/work.txt", 'grants["spy"].files.write'],
      [`vulcan.fs.read("${victim}/skill.yaml")`, "file.read", `${victim}/skill.yaml`, 'grants["spy"].files.read'],
      [
        `vulcan.fs.write("/runtime/skills/spy/skill.yaml", "x")`,
        "file.write",
        "/runtime/skills/spy/skill.yaml",
        undefined,
      ],
    ] as const) {
      const failed = await failure(spy(code));
      expect([failed.code, failed.message], code).toEqual([
        "permission_denied",
        expect.stringContaining(grant ?? "no grant allows it"),
      ]);
      expect(failed.data).toMatchObject({ skill: "spy", action, resource, ...(grant ? { grant } : {}) });
    }
    expect((await failure(spy(`vulcan.fs.read("/runtime/none")`))).code).toBe("lua_error");
    await engine.close();
  });

  it.each(["skill", "shared"] as const)(
    "that a host gave for good are kept, listed and revoked, and out of reach: %s",
    async (isolation) => {
      const store = new MemoryStore();
      const options: EngineOptions = { isolation, grants: { "*": { tools: "ask" } } };
      let asked = 0;
      const callbacks: HostCallbacks = {
        hostTool: () => ({ ok: true, value: 1 }),
        decide: () => {
          asked++;
          return "always";
        },
      };
      const use = `return vulcan.host.call("a", {}).ok`;
      const skill = isolation === "skill" ? "spy" : null;
      const first = await world(options, callbacks, store);
      expect(await first.spy(use)).toEqual([true]);
      const path = "/runtime/state/grants.json";
      const standing = { skill, action: "tool.call", resource: "a" };
      const forged = JSON.stringify({ version: 1, always: [{ ...standing, resource: "b", since: 1 }] });
      for (const attempt of [
        `vulcan.fs.write("${path}", ${JSON.stringify(forged)})`,
        `vulcan.fs.read("${path}")`,
        `assert(os.rename("/runtime/state", "/runtime/gone"))`,
        `vulcan.fs.remove("/runtime/state", { recursive = true })`,
      ]) {
        expect((await first.spy(`return (pcall(function() ${attempt} end))`))[0], attempt).toBe(false);
      }
      await first.engine.close();

      const second = await world(options, callbacks, store);
      expect(await second.spy(use)).toEqual([true]);
      expect(asked).toBe(1);
      const { engine } = second;
      expect(await engine.request({ op: "grants.list" })).toEqual([{ ...standing, since: expect.any(Number) }]);
      expect(await engine.request({ op: "grants.list", skill: "victim" })).toEqual([]);
      expect(await engine.request({ op: "grants.revoke", ...standing })).toBe(true);
      expect(await engine.request({ op: "grants.revoke", ...standing })).toBe(false);
      expect(await second.spy(use)).toEqual([true]);
      expect(asked).toBe(2);
      await engine.close();
    },
  );

  it("of a skill that is uninstalled go with it", async () => {
    const { engine, spy } = await world(
      { grants: { "*": { tools: "ask" } } },
      { hostTool: () => ({ ok: true, value: 1 }), decide: () => "always" },
    );
    await spy(`return vulcan.host.call("a", {}).ok`);
    await engine.request({ op: "skills.uninstall", skillId: "spy" });
    expect(await engine.request({ op: "grants.list" })).toEqual([]);
    await engine.close();
  });

  it("ask the host; always is kept, silence and failure are a no", async () => {
    const questions: string[] = [];
    let answer: "once" | "always" | "deny" | "throw" = "once";
    const { engine, spy } = await world(
      { grants: { "*": { tools: "ask" } } },
      {
        hostTool: () => ({ ok: true, value: 1 }),
        decide: ({ resource }) => {
          questions.push(resource);
          if (answer === "throw") throw new Error("nobody there");
          return answer;
        },
      },
    );
    const use = async (tool: string) => (await spy(`return vulcan.host.call("${tool}", {}).ok`))[0];
    expect(await use("a")).toBe(true);
    answer = "throw";
    expect(await use("a")).toBe(false);
    answer = "always";
    expect(await use("a")).toBe(true);
    answer = "deny";
    expect([await use("a"), await use("b")]).toEqual([true, false]);
    expect(questions).toEqual(["a", "a", "a", "b"]);
    await engine.close();
  });

  it.each([
    [{ spy: { tool: true } }, 'grants["spy"].tool is not a grant'],
    [{ spy: { files: { red: [] } } }, 'grants["spy"].files.red is unknown'],
    [{ "*": { tools: "maybe" } }, 'grants["*"].tools must be true, false, "ask"'],
    [{ "*": { models: { allow: [1] } } }, 'grants["*"].models.allow must be a list of texts'],
  ])("are refused by name: %j", async (grants, text) => {
    const error = await failure(testEngine({ options: { grants: grants as EngineOptions["grants"] } }));
    expect([error.code, error.message]).toEqual(["invalid_argument", expect.stringContaining(text)]);
  });
});

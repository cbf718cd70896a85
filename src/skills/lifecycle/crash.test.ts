import { describe, expect, it } from "vitest";
import { SkillWorld, skillFiles, snapshotOf, user, zipOf } from "../../testing/skill-world.ts";
import { MemoryTree } from "../../vfs/memory-tree.ts";
import type { LifecycleContext } from "./context.ts";
import { installSkill } from "./install.ts";
import { installSteps, type LifecycleStep, uninstallSteps, updateSteps } from "./steps.ts";
import { uninstallSkill } from "./uninstall.ts";
import { updateSkill } from "./update.ts";

const call = { caller: "ordinary", roots: new SkillWorld().roots } as const;
const request = { skillId: "demo", source: undefined, sourceType: "official_hub" } as const;
const record = (version: string) =>
  `skill_id: demo\nversion: ${version}\nmanaged: true\nsource:\n  source_type: official_hub\n  locator: demo\n  tag: null\ninstalled_at_unix_ms: 1\n`;
const pure = "https://cdn.example.test/p.lua";
const dependency = (version: string) =>
  `lua_dependencies:\n  - name: pure\n    version: ${version}\n    required: false\n    source: { type: url }\n    packages:\n      wasm: { url: '${pure}', exports: [{ archive_path: p.lua, target_path: p.lua }] }\n`;

/** The state of the store at every step the operation passes. */
async function statesOf(
  prepare: (world: SkillWorld) => void,
  operate: (context: LifecycleContext) => Promise<unknown>,
): Promise<Map<LifecycleStep, MemoryTree>> {
  const states = new Map<LifecycleStep, MemoryTree>();
  const world: SkillWorld = new SkillWorld({ step: (step) => void states.set(step, snapshotOf(world.vfs)) });
  prepare(world);
  await world.load();
  await operate(world.context());
  return states;
}

async function restarted(vfs: MemoryTree): Promise<SkillWorld> {
  const world = new SkillWorld({ vfs });
  await world.load();
  return world;
}

function staging(world: SkillWorld): string[] {
  const state = "/runtime/user/state";
  return ["install_tmp", "update_tmp", "update_backup", "uninstall_backup", "lifecycle"].flatMap((name) =>
    world.vfs.stat(`${state}/${name}`) === undefined ? [] : world.vfs.list(`${state}/${name}`),
  );
}

const installed = (world: SkillWorld) => {
  world.addSkill(user.skills_dir, "demo", skillFiles("demo", "1.0.0", { "resources/old.txt": "old" }));
  world.write("/runtime/user/state/installs/demo.yaml", record("1.0.0"));
};

describe("a crash at every step", () => {
  it("of an install leaves nothing or the whole skill", async () => {
    const states = await statesOf(
      (world) => world.serveHub("demo", "1.0.0", zipOf("demo", skillFiles("demo"))),
      (context) => installSkill(context, call, request),
    );
    expect([...states.keys()].sort()).toEqual([...installSteps].sort());
    for (const [step, vfs] of states) {
      const world = await restarted(vfs);
      const done = ["change-committed", "change-durable", "leftovers-removed"].includes(step);
      expect([step, world.loaded.map((skill) => skill.manifest.version)]).toEqual([step, done ? ["1.0.0"] : []]);
      expect([step, world.read("/runtime/user/state/installs/demo.yaml") !== undefined]).toEqual([step, done]);
      expect([step, world.vfs.stat(`${user.skills_dir}/demo`) !== undefined]).toEqual([step, done]);
      expect([step, staging(world)]).toEqual([step, []]);
    }
  });

  it("of an update leaves the old or the new version, never a mixture", async () => {
    const states = await statesOf(
      (world) => {
        installed(world);
        world.serve(pure, "return 1");
        world.write(`${user.skills_dir}/demo/dependencies.yaml`, dependency("1.0.0"));
        const files = skillFiles("demo", "2.0.0", {
          "resources/new.txt": "new",
          "dependencies.yaml": dependency("2.0.0"),
        });
        world.serveHub("demo", "2.0.0", zipOf("demo", files));
      },
      (context) => updateSkill(context, call, request),
    );
    expect([...states.keys()].sort()).toEqual([...updateSteps].sort());
    const late = ["change-committed", "change-durable", "leftovers-removed", "stale-dependencies-removed"];
    for (const [step, vfs] of states) {
      const world = await restarted(vfs);
      const version = late.includes(step) ? "2.0.0" : "1.0.0";
      expect([step, world.loaded.map((skill) => skill.manifest.version)]).toEqual([step, [version]]);
      expect(world.read("/runtime/user/state/installs/demo.yaml")).toContain(`version: ${version}`);
      const folder = world.vfs.list(`${user.skills_dir}/demo/resources`);
      expect([step, folder]).toEqual([step, [version === "2.0.0" ? "new.txt" : "old.txt"]]);
      expect([step, staging(world)]).toEqual([step, []]);
      // The old tree goes last; until then either version finds its own.
      const trees = world.vfs.list("/runtime/user/dependencies/lua/demo/pure");
      expect([step, trees.includes(version)]).toEqual([step, true]);
      if (step === "stale-dependencies-removed") expect(trees).toEqual(["2.0.0"]);
    }
  });

  it("of an uninstall leaves the skill with its state, or nothing of it", async () => {
    const states = await statesOf(
      (world) => {
        installed(world);
        world.write("/runtime/user/databases/sqlite/demo/demo.sqlite3", "rows");
        world.write("/runtime/user/dependencies/lua/demo/pure/1/wasm/p.lua", "return 1");
      },
      (context) => uninstallSkill(context, call, "demo", { removeSqlite: true, removeLancedb: false }),
    );
    expect([...states.keys()].sort()).toEqual([...uninstallSteps].sort());
    const early = ["journal-written", "package-moved-away", "runtime-reloaded", "state-files-removed"];
    for (const [step, vfs] of states) {
      const world = await restarted(vfs);
      const kept = early.includes(step);
      expect([step, world.loaded.map((skill) => skill.skillId)]).toEqual([step, kept ? ["demo"] : []]);
      for (const path of ["state/installs/demo.yaml", "databases/sqlite/demo/demo.sqlite3", "dependencies/lua/demo"])
        expect([step, path, world.vfs.stat(`/runtime/user/${path}`) !== undefined]).toEqual([step, path, kept]);
      expect([step, staging(world)]).toEqual([step, []]);
    }
  });
});

describe("a crash between any two writes, as a plain directory sees them", () => {
  /** What the store held after every single mutation of the operation. */
  async function mutations(
    prepare: (world: SkillWorld) => void,
    operate: (context: LifecycleContext) => Promise<unknown>,
  ): Promise<MemoryTree[]> {
    const states: MemoryTree[] = [];
    const tree = new MemoryTree();
    let recording = false;
    const recorder = new Proxy(tree, {
      get(target, key) {
        const member = Reflect.get(target, key, target);
        if (typeof member !== "function") return member;
        if (!["writeFile", "mkdir", "remove", "rename"].includes(String(key))) return member.bind(target);
        return (...args: unknown[]) => {
          const value = Reflect.apply(member, target, args);
          if (recording) states.push(snapshotOf(tree));
          return value;
        };
      },
    });
    const world = new SkillWorld({ vfs: recorder });
    prepare(world);
    await world.load();
    recording = true;
    await operate(world.context());
    return states;
  }

  const contentOf = (world: SkillWorld) =>
    world.vfs.stat(`${user.skills_dir}/demo`) === undefined
      ? []
      : ["skill.yaml", "runtime/ping.lua"].map((name) => world.read(`${user.skills_dir}/demo/${name}`));
  const whole = (version: string) => Object.values(skillFiles("demo", version));

  it.each([
    ["install", [[], whole("2.0.0")], () => {}],
    ["update", [whole("1.0.0"), whole("2.0.0")], installed],
    ["uninstall", [whole("1.0.0"), []], installed],
  ] as const)("%s", async (operation, [before, after], prepare) => {
    const states = await mutations(
      (world) => {
        prepare(world);
        world.serveHub("demo", "2.0.0", zipOf("demo", skillFiles("demo", "2.0.0")));
      },
      (context) => {
        if (operation === "install") return installSkill(context, call, request);
        if (operation === "update") return updateSkill(context, call, request);
        return uninstallSkill(context, call, "demo", { removeSqlite: true, removeLancedb: true });
      },
    );
    expect(states.length).toBeGreaterThan(8);
    const seen = new Set<string>();
    for (const vfs of states) {
      const world = await restarted(vfs);
      const content = contentOf(world);
      expect([before, after]).toContainEqual(content);
      seen.add(JSON.stringify(content));
      const version = world.loaded[0]?.manifest.version;
      const recorded = /version: (\S+)/.exec(world.read("/runtime/user/state/installs/demo.yaml") ?? "")?.[1];
      expect(recorded).toBe(version);
      expect(staging(world)).toEqual([]);
      expect(world.vfs.stat("/runtime/user/state/installs/demo.yaml.tmp")).toBeUndefined();
    }
    expect(seen.size).toBe(2);
  });
});

describe("a fault at every step", () => {
  const fail = (at: LifecycleStep) => (step: LifecycleStep) => {
    if (step === at) throw new Error(`fault at ${step}`);
  };

  it.each(
    updateSteps.filter(
      (step) => !["source-resolved", "leftovers-removed", "stale-dependencies-removed"].includes(step),
    ),
  )("%s of an update is rolled back at once", async (step) => {
    const world = new SkillWorld({ step: fail(step) });
    installed(world);
    world.serveHub("demo", "2.0.0", zipOf("demo", skillFiles("demo", "2.0.0")));
    await world.load();
    await expect(updateSkill(world.context(), call, request)).rejects.toThrow(`fault at ${step}`);
    expect(world.loaded.map((skill) => skill.manifest.version)).toEqual(["1.0.0"]);
    expect(world.read(`${user.skills_dir}/demo/resources/old.txt`)).toBe("old");
    expect(world.read("/runtime/user/state/installs/demo.yaml")).toBe(record("1.0.0"));
    expect(staging(world)).toEqual([]);
    expect(world.lifecycle).toEqual([]);
    expect(world.progress.at(-1)).toMatchObject({ phase: "failed", status: "failed" });
  });

  it("a store that is full when the change should become durable keeps the old version", async () => {
    const world = new SkillWorld();
    installed(world);
    world.serveHub("demo", "2.0.0", zipOf("demo", skillFiles("demo", "2.0.0")));
    const context = { ...world.context(), commit: async () => Promise.reject(new Error("no space left")) };
    await expect(updateSkill(context, call, request)).rejects.toThrow("Failed to finalize Update: no space left.");
    expect(world.loaded.map((skill) => skill.manifest.version)).toEqual(["1.0.0"]);
    expect(staging(world)).toEqual([]);
  });
});

it("folders of an engine without journal: a lost package comes back, other leftovers go", async () => {
  const world = new SkillWorld();
  for (const [name, text] of Object.entries(skillFiles("lost"))) {
    world.write(`/runtime/user/state/update_backup/lost-1700000000000/${name}`, text);
  }
  world.addSkill(user.skills_dir, "kept", skillFiles("kept", "2.0.0"));
  world.write("/runtime/user/state/uninstall_backup/kept-1/skill.yaml", "name: kept\n");
  world.write("/runtime/user/state/install_tmp/x-1/x/skill.yaml", "");
  await world.load();
  expect(world.loaded.map((skill) => `${skill.skillId} ${skill.manifest.version}`)).toEqual([
    "kept 2.0.0",
    "lost 1.0.0",
  ]);
  expect(staging(world)).toEqual([]);
});

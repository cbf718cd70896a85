/** Install, update and uninstall in a real worker on IndexedDB, with the worker terminated at every step of theirs: a page each. @module */
import { strToU8, zipSync } from "fflate";
import { sha256Hex } from "../../../src/base/bytes/sha256.ts";
import { createRuntime, type HostCallbacks, type JsonObject, type Runtime } from "../../../src/index.ts";
import { installSteps, type LifecycleStep, uninstallSteps, updateSteps } from "../../../src/skills/lifecycle/steps.ts";
import { assert, equal, test, thrown } from "../page.ts";
import { type CrashNews, type CrashOrder, storeStates } from "./lifecycle-crash.ts";

const hub = "https://hub.example.test";
const skillDir = "/runtime/skills/demo";
const record = "/runtime/state/installs/demo.yaml";
const database = "/runtime/databases/sqlite/demo/demo.sqlite3";
const dependencies = "/runtime/dependencies/lua/demo/pure";
const uninstall = (runtime: Runtime) => runtime.skills.uninstall("demo", { removeSqlite: true, removeLancedb: true });
const request: JsonObject = { skill_id: "demo", source_type: "official_hub" };

/** Every file of a version says which it is, and so does the Lua package it depends on. */
const filesOf = (version: string): Record<string, string> => ({
  "skill.yaml": `name: demo\nversion: ${version}\nentries:\n  - { name: ping, lua_entry: runtime/ping.lua, lua_module: demo.ping }\n`,
  "runtime/ping.lua": `return function()
    local resource = vulcan.fs.read(vulcan.path.join(vulcan.context.skill_dir, "resources/version.txt"))
    package.path = vulcan.deps.lua_path .. "/pure/${version}/wasm/?.lua"
    return table.concat({ "${version}", resource, require("pure") }, " ")
  end`,
  "resources/version.txt": version,
  [`resources/only-in-${version}.txt`]: version,
  "dependencies.yaml": `lua_dependencies:
  - name: pure
    version: ${version}
    required: true
    source: { type: url }
    packages:
      wasm: { url: '${hub}/pure-${version}.lua', exports: [{ archive_path: p.lua, target_path: pure.lua }] }
`,
});

let latest = "1.0.0";
const fetchFromHub: HostCallbacks["fetch"] = async (url) => {
  const answer = (body: string | Uint8Array) => ({
    status: 200,
    headers: {},
    body: typeof body === "string" ? strToU8(body) : body,
  });
  const zip = zipSync(
    Object.fromEntries(Object.entries(filesOf(latest)).map(([name, text]) => [`demo/${name}`, strToU8(text)])),
    { mtime: "2024-01-01" },
  );
  const archive = { type: "zip", url: `${hub}/demo-${latest}.zip`, sha256: sha256Hex(zip) };
  const lua = /pure-(.*)\.lua$/.exec(url)?.[1];
  if (lua !== undefined) return answer(`return "${lua}"`);
  if (url === archive.url) return answer(zip);
  return answer(JSON.stringify({ schema_version: 1, skill_id: "demo", version: latest, archive }));
};

let stores = 0;
/** Compiled once: a hundred workers start here. */
const lua = WebAssembly.compileStreaming(fetch("/dist/lua.wasm"));

/** A runtime whose worker can be told where to stop, and is terminated there. */
class Victim {
  #worker: Worker | undefined;

  private constructor(readonly runtime: Runtime) {}

  static async start(): Promise<Victim> {
    stores += 1;
    let victim: Victim | undefined;
    let first: Worker | undefined;
    const runtime = await createRuntime({
      wasm: { lua: await lua },
      storage: { kind: "indexeddb", name: `crash-${Date.now()}-${stores}` },
      hostOptions: { allow_network_download: true, official_skill_hub_base_url: hub },
      fetch: fetchFromHub,
      worker: () => {
        const worker = new Worker("/bundle/lifecycle-crash.worker.js", { type: "module" });
        if (victim) victim.#worker = worker;
        else first = worker;
        return worker;
      },
    });
    victim = new Victim(runtime);
    victim.#worker = first;
    return victim;
  }

  /** Starts the operation and ends its worker at the ordered step. The next request meets a new worker on the same store. */
  async crash(order: CrashOrder, operate: () => Promise<unknown>): Promise<void> {
    const worker = this.#worker;
    assert(worker, "there is no worker");
    const heard = (wanted: (news: CrashNews) => boolean) =>
      new Promise<void>((resolve) => {
        worker.addEventListener("message", ({ data }: MessageEvent<CrashNews>) => wanted(data) && resolve());
      });
    const armed = heard((news) => "armed" in news);
    const reached = heard((news) => "reached" in news);
    worker.postMessage({ order });
    await armed;
    const operation = operate();
    const missed = operation.then(
      () => Promise.reject(new Error(`${order.step} was not reached`)),
      (error: unknown) => Promise.reject(error),
    );
    await Promise.race([reached, missed]);
    missed.catch(() => {});
    worker.terminate();
    equal((await thrown(() => operation)).code, "worker_crashed", order.step);
  }

  async exists(path: string): Promise<boolean> {
    return (await this.runtime.fs.stat(path)) !== undefined;
  }

  /** The version that is there: whole and callable, with everything that belongs to it and nothing that does not. */
  async version(step: string): Promise<string | undefined> {
    const { fs } = this.runtime;
    for (const name of ["install_tmp", "update_tmp", "update_backup", "uninstall_backup", "lifecycle"]) {
      const dir = `/runtime/state/${name}`;
      equal((await this.exists(dir)) ? await fs.list(dir) : [], [], `${step}: ${name}`);
    }
    equal(this.runtime.problems(), [], step);
    if (this.runtime.list().length === 0) {
      for (const path of [skillDir, record]) equal(await this.exists(path), false, `${step}: ${path}`);
      return undefined;
    }
    const version = String((await this.runtime.call("demo-ping")).content).split(" ")[0] ?? "";
    equal((await this.runtime.call("demo-ping")).content, `${version} ${version} ${version}`, step);
    equal(await fs.list(`${skillDir}/resources`), [`only-in-${version}.txt`, "version.txt"], step);
    equal(/^version: (.*)$/m.exec(await fs.readText(record))?.[1], version, step);
    assert((await fs.list(dependencies)).includes(version), `${step}: the dependency of ${version} is missing`);
    return version;
  }

  async install(version: string): Promise<void> {
    latest = version;
    await this.runtime.skills.install({ request });
    await this.runtime.fs.write(database, "rows");
  }
}

interface Operation {
  readonly steps: readonly LifecycleStep[];
  readonly before: string | undefined;
  readonly after: string | undefined;
  run(runtime: Runtime): Promise<unknown>;
}

const operations = {
  install: {
    steps: installSteps,
    before: undefined,
    after: "2.0.0",
    run: (runtime) => runtime.skills.install({ request }),
  },
  update: {
    steps: updateSteps,
    before: "1.0.0",
    after: "2.0.0",
    run: (runtime) => runtime.skills.update({ request }),
  },
  uninstall: {
    steps: uninstallSteps,
    before: "1.0.0",
    after: undefined,
    run: uninstall,
  },
} satisfies Record<string, Operation>;

/** Three ways to lose a worker where that is quick; elsewhere the one that leaves most to repair. */
const modes = "userAgentData" in navigator ? storeStates : (["written"] as const);
/** From here on a crash leads to the new state, when the store has heard of it. */
const turn = "change-committed";

export function crashTests(name: keyof typeof operations): void {
  const { steps, before, after, run }: Operation = operations[name];
  for (const store of modes) {
    test(`${name}, terminated at every step, the store ${store}`, async () => {
      const victim = await Victim.start();
      try {
        for (const step of steps) {
          if ((await victim.version(step)) !== before) {
            if (victim.runtime.list().length > 0) await uninstall(victim.runtime);
            if (before !== undefined) await victim.install(before);
          }
          latest = "2.0.0";
          await victim.crash({ step, store }, () => run(victim.runtime));
          const found = await victim.version(step);
          assert(found === before || found === after, `${step}: version ${found}`);
          const late = steps.indexOf(step) >= steps.indexOf(turn);
          if (store === "written") equal(found, late ? after : before, step);
          // "change-durable" and what follows come after the operation's own commit.
          if (late && step !== turn) equal(found, after, step);
          if (!late) equal(found, before, step);
          if (name === "uninstall") equal(await victim.exists(database), found !== undefined, `${step}: database`);
        }
      } finally {
        await victim.runtime.close();
      }
    });
  }
}

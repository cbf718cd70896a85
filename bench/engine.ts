/**
 * Many skills (5,000 for a reload and for one that joins them): start, reload, list and calls with 62, 125, 250 and 500 of them (four entries each), per skill, so that 1 is
 * linear; and the same 500 with ten times the Lua, which must cost nothing until a skill is called.
 * @module
 */
import { zipSync } from "fflate";
import { createEngine } from "../src/engine/engine.ts";
import type { Engine, EnginePlatform } from "../src/engine/interface.ts";
import type { LuaEngineModule } from "../src/lua/interface.ts";
import { bootLua } from "../src/lua/wasm/boot.ts";
import { loadYaml } from "../src/skills/yaml/parser.ts";
import { parseYaml } from "../src/skills/yaml/yaml.ts";
import { MemoryBackend } from "../src/vfs/backends/memory.ts";
import { TreeStore } from "../src/vfs/tree-store.ts";
import type { Batch, Bench, BenchFile } from "./harness/harness.ts";

const counts = [62, 125, 250, 500] as const;
const many = 5000;
const entriesPerSkill = 4;
const encoder = new TextEncoder();
/** As published skills have them: half to three kilobytes of Lua behind an entry. */
const functionsPerEntry = 12;
const firstCalls = 16;

export const benches: BenchFile["benches"] = async () => {
  await loadYaml();
  const lua = await bootLua({ wasm: "dist/lua.wasm" });
  const fleets: Fleet[] = [];
  for (const count of counts) fleets.push(await Fleet.create(lua, count, functionsPerEntry));
  const heavy = await Fleet.create(lua, 500, functionsPerEntry * 10);
  const town = await Fleet.create(lua, many, 1);
  const largest = fleets.at(-1) as Fleet;
  const smallest = fleets[0] as Fleet;
  const pairs = fleets.slice(1).map((fleet, index) => [fleet, fleets[index] as Fleet] as const);
  /** The same work with twice as many, per skill or per entry: 1 is linear. */
  const doublings = (what: string, batch: "start" | "reload" | "list", rounds: number): Bench[] =>
    pairs.map(([more, fewer]) => ({
      question: `${what}, ${fewer.count} to ${more.count} skills`,
      subject: { name: `${more.count}`, batch: more[batch] },
      reference: { name: `${fewer.count}`, batch: fewer[batch] },
      wanted: 1.25,
      rounds,
    }));
  const tenfold = (what: string, batch: "start" | "reload" | "callNext", wanted?: number): Bench => ({
    question: `${what}, ten times the Lua`,
    subject: { name: `${heavy.kilobytes} KB`, batch: heavy[batch] },
    reference: { name: `${largest.kilobytes} KB`, batch: largest[batch] },
    ...(wanted === undefined ? {} : { wanted }),
    rounds: 7,
  });
  const list: Bench[] = [
    {
      question: "start, per skill of 500",
      subject: { name: "all of it", batch: largest.start },
      reference: { name: "parsing skill.yaml", batch: largest.parse },
      rounds: 7,
    },
    ...doublings("start, per skill", "start", 7),
    tenfold("start, per skill", "start", 1.25),
    ...doublings("reload, per skill", "reload", 11),
    tenfold("reload, per skill", "reload", 1.25),
    {
      question: `reload, per skill, 500 to ${many} skills`,
      subject: { name: `${many}`, batch: town.reload },
      reference: { name: "500", batch: largest.reload },
      wanted: 1.5,
      rounds: 5,
    },
    {
      question: `one skill more beside ${many}`,
      subject: { name: "install", batch: town.install },
      reference: { name: "reload", batch: town.reloadOnce },
      rounds: 5,
    },
    ...doublings("list, per entry", "list", 21),
    {
      question: "first call, 500 skills installed",
      subject: { name: "of 500", batch: largest.callNext },
      reference: { name: "of 62", batch: smallest.callNext },
      wanted: 1.25,
    },
    // No promise: this is where the Lua is compiled.
    tenfold("first call", "callNext"),
    {
      question: "warm call, 500 skills installed",
      subject: { name: "of 500", batch: largest.callAgain },
      reference: { name: "of 62", batch: smallest.callAgain },
      wanted: 1.25,
    },
  ];
  return { list, close: () => Promise.all([...fleets, heavy, town].map((fleet) => fleet.close())) };
};

/** Hands out what it holds: how long a disk reads is not asked here. */
class Shelf extends MemoryBackend {
  override load(): ReturnType<MemoryBackend["load"]> {
    return Promise.resolve([...this.records]);
  }
}

/** A store with `count` skills, and an engine over it. */
class Fleet {
  #next = 0;
  #installed = 0;
  #engine: Engine | undefined;

  private constructor(
    private readonly platform: Omit<EnginePlatform, "store">,
    private readonly backend: Shelf,
    readonly count: number,
    /** Of Lua, all skills together. */
    readonly kilobytes: number,
  ) {}

  static async create(lua: LuaEngineModule, count: number, functions: number): Promise<Fleet> {
    const source = moduleText(functions);
    const backend = new Shelf();
    const store = await TreeStore.open(backend);
    const write = (path: string, text: string) => {
      store.fs.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      store.fs.writeFile(path, encoder.encode(text));
    };
    for (let i = 0; i < count; i++) {
      write(`/runtime/skills/s${i}/skill.yaml`, manifest(`s${i}`));
      for (const name of entryNames) write(`/runtime/skills/s${i}/runtime/${name}.lua`, source);
    }
    await store.close();
    const platform = {
      environment: "node" as const,
      lua,
      clock: { now: () => Date.now() },
      callbacks: {},
      emit: () => {},
      registryChanged: () => {},
    };
    return new Fleet(platform, backend, count, Math.round((source.length * count * entriesPerSkill) / 1024));
  }

  /** As a page starts: the store is read, then the skills are loaded. */
  async #start(): Promise<Engine> {
    const engine = await createEngine({ ...this.platform, store: await TreeStore.open(this.backend) }, {});
    const { entries, problems } = engine.snapshot();
    if (entries.length !== this.count * entriesPerSkill) throw new Error(problems[0]?.message ?? "entries are missing");
    return engine;
  }

  async #running(): Promise<Engine> {
    this.#engine ??= await this.#start();
    return this.#engine;
  }

  close(): Promise<void> | undefined {
    return this.#engine?.close();
  }

  readonly start: Batch = async () => {
    await (await this.#start()).close();
    return this.count;
  };

  readonly reload: Batch = async () => {
    await (await this.#running()).request({ op: "skills.reload" });
    return this.count;
  };

  readonly reloadOnce: Batch = async () => {
    await this.reload();
    return 1;
  };

  /** Another skill each time. */
  readonly install: Batch = async () => {
    const id = `more${this.#installed++}`;
    const zip = zipSync({
      [`${id}/skill.yaml`]: encoder.encode(manifest(id)),
      ...Object.fromEntries(entryNames.map((name) => [`${id}/runtime/${name}.lua`, encoder.encode(moduleText(1))])),
    });
    await (await this.#running()).request({ op: "skills.install", source: { zip } });
    return 1;
  };

  readonly parse: Batch = () => {
    for (let i = 0; i < this.count; i++) parseYaml(manifest(`s${i}`), "skill.yaml");
    return this.count;
  };

  readonly list: Batch = async () => {
    const params = { authority: "system" };
    const answer = await (await this.#running()).request({ op: "json", method: "list_entries", params });
    return (answer.result as unknown[]).length;
  };

  /** Every call meets a skill that has no VM: the pool holds four. */
  readonly callNext: Batch = async () => {
    for (let i = 0; i < firstCalls; i++) {
      this.#next = (this.#next + 1) % this.count;
      await this.#call(`s${this.#next}-list`);
    }
    return firstCalls;
  };

  readonly callAgain: Batch = async () => {
    for (let i = 0; i < 200; i++) await this.#call("s1-list");
    return 200;
  };

  async #call(name: string): Promise<void> {
    await (await this.#running()).request({ op: "call", name, args: {} });
  }
}

const entryNames = ["list", "add", "remove", "search"];

function manifest(id: string): string {
  const entries = entryNames.map(
    (name) => `  - name: ${name}
    description: "${name} of skill ${id}: what it does, in a sentence that a model reads."
    lua_entry: runtime/${name}.lua
    lua_module: ${id}.${name}
    parameters:
      - { name: text, type: string, description: What to look for, required: true }
      - { name: limit, type: integer, description: How many at most }
`,
  );
  return `name: ${id}
version: 1.0.0
entries:
${entries.join("")}`;
}

function moduleText(functions: number): string {
  const parts = Array.from(
    { length: functions },
    (_, i) => `local function step${i % 100}(args, depth)
  local out = {}
  for key, value in pairs(args or {}) do out[#out + 1] = tostring(key) .. "=" .. tostring(value) end
  if depth > ${i} then return table.concat(out, ", ") end
  return "step ${i}"
end
`,
  );
  return `${parts.join("")}return function(args) return step0(args, 1) end\n`;
}

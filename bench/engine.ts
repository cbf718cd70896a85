/**
 * Many skills: load, list and first call with 62, 125, 250 and 500 of them (four entries each), per skill, so that 1 is
 * linear; and the same 500 with ten times the Lua, which must cost nothing until a skill is called.
 * @module
 */
import { strToU8, zipSync } from "fflate";
import type { Runtime } from "../src/contract.ts";
import { createNodeRuntime } from "../src/edge/node.ts";
import { loadYaml, parseYaml } from "../src/skills/yaml.ts";
import type { Batch, Bench, BenchFile } from "./harness.ts";

const counts = [62, 125, 250, 500] as const;
const entriesPerSkill = 4;
const roots = [{ name: "ROOT", skills_dir: "/runtime/skills" }];
/** As published skills have them: half to three kilobytes of Lua behind an entry. */
const functionsPerEntry = 12;
const firstCalls = 16;

export const benches: BenchFile["benches"] = async () => {
  const fleets: Fleet[] = [];
  for (const count of counts) fleets.push(await Fleet.start(count, functionsPerEntry));
  const heavy = await Fleet.start(500, functionsPerEntry * 10);
  const largest = fleets.at(-1) as Fleet;
  const smallest = fleets[0] as Fleet;
  const doublings = fleets.slice(1).map((fleet, index) => [fleet, fleets[index] as Fleet] as const);
  const list: Bench[] = [
    {
      question: "load, 500 skills",
      subject: { name: "reload", batch: largest.load },
      reference: { name: "parse their skill.yaml", batch: largest.parse },
      rounds: 5,
    },
    ...doublings.map(
      ([more, fewer]): Bench => ({
        question: `load, per skill, ${fewer.count} to ${more.count}`,
        subject: { name: `${more.count}`, batch: more.load },
        reference: { name: `${fewer.count}`, batch: fewer.load },
        wanted: 1.25,
        rounds: 7,
      }),
    ),
    {
      question: "load, 500 skills, ten times the Lua",
      subject: { name: `${heavy.kilobytes} KB`, batch: heavy.load },
      reference: { name: `${largest.kilobytes} KB`, batch: largest.load },
      wanted: 1.25,
      rounds: 5,
    },
    ...doublings.map(
      ([more, fewer]): Bench => ({
        question: `list, per entry, ${fewer.count * entriesPerSkill} to ${more.count * entriesPerSkill}`,
        subject: { name: `${more.count * entriesPerSkill}`, batch: more.list },
        reference: { name: `${fewer.count * entriesPerSkill}`, batch: fewer.list },
        wanted: 1.25,
      }),
    ),
    {
      question: "first call of a skill, 500 installed",
      subject: { name: "of 500", batch: largest.callNext },
      reference: { name: "of 62", batch: smallest.callNext },
      wanted: 1.25,
    },
    {
      question: "first call, ten times the Lua",
      subject: { name: `${heavy.kilobytes} KB`, batch: heavy.callNext },
      reference: { name: `${largest.kilobytes} KB`, batch: largest.callNext },
    },
    {
      question: "warm call, 500 installed",
      subject: { name: "of 500", batch: largest.callAgain },
      reference: { name: "of 62", batch: smallest.callAgain },
      wanted: 1.25,
    },
  ];
  return { list, close: () => Promise.all([...fleets, heavy].map((fleet) => fleet.runtime.close())) };
};

/** A runtime with `count` skills installed. */
export class Fleet {
  #next = 0;

  private constructor(
    readonly runtime: Runtime,
    readonly count: number,
    /** Of Lua, all skills together. */
    readonly kilobytes: number,
  ) {}

  static async start(count: number, functions: number): Promise<Fleet> {
    const runtime = await createNodeRuntime({ storage: { kind: "memory" }, roots, load: false });
    const lua = moduleText(functions);
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < count; i++) {
      files[`s${i}/skill.yaml`] = strToU8(manifest(i));
      files[`s${i}/help/main.md`] = strToU8(`# Skill ${i}\n`);
      for (const name of entryNames) files[`s${i}/runtime/${name}.lua`] = strToU8(lua);
    }
    await runtime.fs.mkdir("/runtime/skills");
    await runtime.fs.importZip("/runtime/skills", zipSync(files, { level: 0 }));
    await runtime.skills.reload(roots);
    if (runtime.list().length !== count * entriesPerSkill)
      throw new Error(JSON.stringify(runtime.problems().slice(0, 3)));
    return new Fleet(runtime, count, Math.round((lua.length * count * entriesPerSkill) / 1024));
  }

  readonly load: Batch = async () => {
    await this.runtime.skills.reload(roots);
    return this.count;
  };

  readonly parse: Batch = () => {
    for (let i = 0; i < this.count; i++) parseYaml(manifest(i), "skill.yaml");
    return this.count;
  };

  readonly list: Batch = async () => {
    const answer = (await this.runtime.json("list_entries", {})) as { result: unknown[] };
    return answer.result.length;
  };

  /** Every call meets a skill that has no VM: the pool holds four. */
  readonly callNext: Batch = async () => {
    for (let i = 0; i < firstCalls; i++) {
      this.#next = (this.#next + 1) % this.count;
      await this.runtime.call(`s${this.#next}-list`, {});
    }
    return firstCalls;
  };

  readonly callAgain: Batch = async () => {
    for (let i = 0; i < 200; i++) await this.runtime.call("s1-list", {});
    return 200;
  };
}

const entryNames = ["list", "add", "remove", "search"];

function manifest(index: number): string {
  const entries = entryNames.map(
    (name) => `  - name: ${name}
    description: "${name} of skill ${index}: what it does, in a sentence that a model reads."
    lua_entry: runtime/${name}.lua
    lua_module: s${index}.${name}
    parameters:
      - { name: text, type: string, description: What to look for, required: true }
      - { name: limit, type: integer, description: How many at most }
`,
  );
  return `name: Skill ${index}
version: 1.0.0
entries:
${entries.join("")}help:
  main: { file: help/main.md, description: How to use skill ${index} }
`;
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

/**
 * The world every attack of the table runs in, and the attacks by kind: the same in every host.
 * @module
 */
import type { Runtime } from "../../../src/contract/contract.ts";
import { attacks } from "../attacks.ts";
import { exhaustions } from "../exhaustion.ts";
import { moduleWork } from "../module-work.ts";
import { recentWork } from "../recent-work.ts";
import { tricks } from "../tricks.ts";

export interface Program {
  readonly name: string;
  readonly code: string;
  /** What it has to answer, or the text of its error, as the source of an expression. */
  readonly mustSay?: string;
  /** Instead of its kind's. */
  readonly limitMs?: number;
}

export interface Kind {
  readonly name: string;
  readonly programs: readonly Program[];
  readonly limitMs: number;
  /** Wanted at the 99th of a hundred, in milliseconds; three times as much fails. */
  readonly lateMs: number;
  /** They make the host work. */
  readonly isWork: boolean;
  /** They end by themselves: no budget stops them, and no limit but their own. */
  readonly ends?: boolean;
  /** Options of the runtime beside those of the world. */
  readonly limits?: Readonly<Record<string, number>>;
}

export const kinds: readonly Kind[] = [
  { name: "Lua that does not end", lateMs: 10, limitMs: 100, isWork: false, programs: attacks },
  { name: "work of the host", lateMs: 50, limitMs: 300, isWork: true, programs: exhaustions },
  { name: "packages and modules", lateMs: 50, limitMs: 300, isWork: true, programs: moduleWork },
  { name: "what landed lately", lateMs: 50, limitMs: 300, isWork: true, programs: recentWork },
  { name: "several of these at once", lateMs: 50, limitMs: 300, isWork: true, programs: tricks },
];

export const modules =
  "base64 compress crypto ctx env events expr funcs hash json logger security store text time uuid workflow yaml".split(
    " ",
  );

const databases = "sqlite: { enable: true }\nlancedb: { enable: true }\n";
const run = `return function(args)
  local program, message = load(args.code, "=attack")
  if not program then return message end
  setfenv(program, setmetatable({ args = args }, { __index = _G }))
  return tostring(program())
end`;

const keep = `return function()
  vulcan.config.set("secret", "victims-secret")
  vulcan.sqlite.execute_script({ sql = "create table if not exists notes(text); delete from notes; insert into notes values ('victims-secret')" })
  return vulcan.cache.put("victims-secret")
end`;
const check = `return function()
  return vulcan.json.encode({
    secret = vulcan.config.get("secret"), note = vulcan.sqlite.query_json({ sql = "select text from notes" }).rows[1].text,
    upper = ("x"):upper(), tool = vulcan.runtime.internal.tool_name, dir = vulcan.context.skill_dir,
    global = tostring(rawget(_G, "leftover")), loaded = tostring(package.loaded.leftover), text = tostring(("x").leftover),
  })
end`;
const second =
  "return function(args) local keep = ('x'):rep(20 * 2^20) return vulcan.call('attacker-run', args) .. #keep end";

/** Of `createRuntime`, whatever it is called in a host. */
export const worldOptions = {
  limits: { vmMemoryBytes: 64 * 2 ** 20, vfsBytes: 128 * 2 ** 20 },
  modules,
  grants: { "*": [...modules, "channel"] },
  security: { strict: false },
  hostTools: { t: () => ({ ok: true }), slow: () => new Promise<never>(() => {}) },
};

/** The attacker, somebody it can call, and somebody who must go on as if nothing was. */
export async function furnish(runtime: Runtime): Promise<void> {
  const skill = async (id: string, entries: Readonly<Record<string, string>>, more = "") => {
    const lines = Object.keys(entries).map(
      (name) => `  - { name: ${name}, lua_entry: runtime/${name}.lua, lua_module: ${id}.${name} }\n`,
    );
    const yaml = `name: ${id}\nversion: 1.0.0\n${more}entries:\n${lines.join("")}`;
    await runtime.fs.write(`/runtime/skills/${id}/skill.yaml`, yaml);
    for (const [name, source] of Object.entries(entries))
      await runtime.fs.write(`/runtime/skills/${id}/runtime/${name}.lua`, source);
  };
  await skill("attacker", { run }, databases);
  await skill("attacker2", { run: second });
  await skill("victim", { keep, check }, databases);
  await skill("other", { echo: "return function(args) return args end" });
  await skill("bystander", { ping: "return function() return 'pong' end" });
  await runtime.skills.reload();
  // A world that is not there would be taken for one that refuses.
  await runtime.call("attacker-run", { code: "return 1" });
}

/**
 * The world every attack of the table runs in, and the attacks by kind: the same in every host.
 * @module
 */
import type { Runtime } from "../../../src/contract/contract.ts";
import { attacks } from "../attacks.ts";
import { exhaustions } from "../exhaustion.ts";
import { moduleWork } from "../module-work.ts";
import { tricks } from "../tricks.ts";

export interface Program {
  readonly name: string;
  readonly code: string;
}

export interface Kind {
  readonly name: string;
  readonly programs: readonly Program[];
  readonly limitMs: number;
  /** Wanted at the 99th of a hundred, in milliseconds; three times as much fails. */
  readonly lateMs: number;
  /** They make the host work. */
  readonly isWork: boolean;
}

export const kinds: readonly Kind[] = [
  { name: "Lua that does not end", lateMs: 10, limitMs: 100, isWork: false, programs: attacks },
  { name: "work of the host", lateMs: 50, limitMs: 300, isWork: true, programs: exhaustions },
  { name: "packages and modules", lateMs: 50, limitMs: 300, isWork: true, programs: moduleWork },
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

/** Of `createRuntime`, whatever it is called in a host. */
export const worldOptions = {
  limits: { vmMemoryBytes: 64 * 2 ** 20, vfsBytes: 128 * 2 ** 20 },
  modules,
  grants: { "*": [...modules, "channel"] },
  security: { strict: false },
  hostTools: { t: () => ({ ok: true }) },
};

/** The attacker, somebody it can call, and somebody who must go on as if nothing was. */
export async function furnish(runtime: Runtime): Promise<void> {
  const skill = async (id: string, entry: string, source: string, more = "") => {
    const yaml = `name: ${id}\nversion: 1.0.0\n${more}entries:\n  - { name: ${entry}, lua_entry: runtime/${entry}.lua, lua_module: ${id}.${entry} }\n`;
    await runtime.fs.write(`/runtime/skills/${id}/skill.yaml`, yaml);
    await runtime.fs.write(`/runtime/skills/${id}/runtime/${entry}.lua`, source);
  };
  await skill("attacker", "run", run, databases);
  await skill("other", "echo", "return function(args) return args end");
  await skill("bystander", "ping", "return function() return 'pong' end");
  await runtime.skills.reload();
  // A world that is not there would be taken for one that refuses.
  await runtime.call("attacker-run", { code: "return 1" });
}

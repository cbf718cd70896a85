/**
 * The shortest test of a module: its table as a global of its own name.
 * @module
 */
import type { Json } from "../../contract/contract.ts";
import type { ModuleDef } from "../../modules/definition/module-definition.ts";
import { manifestOf } from "../../modules/definition/module-manifest.ts";
import { TestScheduler } from "./test-scheduler.ts";

/**
 * Runs Lua in a fresh VM with the module as a global; answers what it returns.
 *
 * @example
 * await testModule(greeter, `assert(greeter.greet("Ada") == "Hello, Ada!")`);
 *
 * @throws LuaSkillsError `lua_error` with what an assertion says
 */
export async function testModule(module: ModuleDef, source: string): Promise<Json | undefined> {
  const scheduler = new TestScheduler({ modules: [module] });
  try {
    return await scheduler.value(source, { bindGlobals: true });
  } finally {
    await scheduler.stop();
  }
}

/** @throws Error listing what a manifest of the module would get wrong (host-modules.md §6.1) */
export function assertManifest(module: ModuleDef): void {
  const problems: string[] = [];
  for (const [name, each] of Object.entries(module.functions ?? {})) {
    if (each.waits && !each.fallible) problems.push(`${name} waits, so its returns must end in t.optional(t.luaError)`);
    const unnamed = each.params.filter((param) => param.kind !== "rest" && param.name === "");
    if (unnamed.length > 0) problems.push(`${name} has ${unnamed.length} parameters without a name`);
  }
  const manifest = manifestOf(module);
  const exported = manifest.exported.is === "intersection" ? manifest.exported.of[0] : manifest.exported;
  const methods = exported?.is === "interface" ? Object.keys(exported.methods) : [];
  for (const name of Object.keys(module.functions ?? {})) {
    if (!methods.includes(name)) problems.push(`${name} is exported and not in the manifest`);
  }
  for (const name of methods) {
    if (!Object.hasOwn(module.functions ?? {}, name)) problems.push(`${name} is in the manifest and not exported`);
  }
  if (problems.length > 0) throw new Error(`module "${module.name}": ${problems.join("; ")}`);
}

/**
 * The door to host modules: nothing behind it is loaded by an engine that uses none.
 * @module
 */
import type { EngineCore } from "../core.ts";

/** @throws LuaSkillsError `invalid_argument` for modules that cannot be registered */
export async function openModules(core: EngineCore): Promise<void> {
  const { EngineModules } = await import("./engine-modules.ts");
  core.book.modules ??= await EngineModules.open(core);
}

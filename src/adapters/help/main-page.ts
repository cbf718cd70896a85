import type { HelpPage, HelpTree, Runtime } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";

/** A skill's main page; undefined when it has none: a manifest may leave help out, and the tree names a main page all the same. */
export async function mainPage(runtime: Pick<Runtime, "help">, tree: HelpTree): Promise<HelpPage | undefined> {
  try {
    return (await runtime.help(tree.skill_id, tree.main.flow_name)) ?? undefined;
  } catch (thrown) {
    if (thrown instanceof LuaSkillsError && thrown.code === "not_found") return undefined;
    throw thrown;
  }
}

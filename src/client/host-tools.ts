import type { HostCallbacks, HostTools } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";

/** The `hostTool` protocol (spec engine.md §12.4) over a map of functions. */
export function hostToolsCallback(tools: HostTools): NonNullable<HostCallbacks["hostTool"]> {
  for (const [name, tool] of Object.entries(tools)) {
    if (typeof tool !== "function") {
      throw new LuaSkillsError("invalid_argument", `hostTools.${name} must be a function, got ${typeof tool}`);
    }
  }
  const byName = new Map(Object.entries(tools));
  return async ({ action, tool_name: name, args }, context) => {
    if (action === "list") return [...byName.keys()].sort();
    const tool = byName.get(name ?? "");
    if (action === "has") return tool !== undefined;
    if (!tool) {
      const known = [...byName.keys()].sort().join(", ") || "none";
      throw new LuaSkillsError("not_found", `the host has no tool called '${name ?? ""}'; it has: ${known}`);
    }
    return (await tool(args, context)) ?? null;
  };
}

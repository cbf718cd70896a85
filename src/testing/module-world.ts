import type { EngineOptions, ModuleRunOptions } from "../contract/contract.ts";
import { type TestEngineSetup, testEngine } from "./test-engine.ts";

/** An engine with these modules where everything is allowed, and a way to run Lua with all of them granted. */
export async function moduleWorld(
  modules: readonly string[],
  options: EngineOptions = {},
  setup: TestEngineSetup = {},
) {
  const security = {
    actor: { id: "tester" },
    policies: [{ id: "all", actions: ["*"], resources: ["*"], effect: "allow" as const }],
  };
  const named = [...new Set([...modules, "time"])].filter((name) => name !== "channel");
  const test = await testEngine({ ...setup, options: { modules: named, security, ...options } });
  const lua = (code: string, run: ModuleRunOptions = {}) =>
    test.engine.request({ op: "runLua", code, args: {}, modules: { modules, ...run } });
  return { ...test, lua };
}
